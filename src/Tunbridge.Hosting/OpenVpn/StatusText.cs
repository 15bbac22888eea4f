// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Text;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>Writes a server's state as openvpn's status files have it, for the tools that read them.</summary>
public static class StatusText
{
    private const string Undefined = "UNDEF";

    /// <summary>The text of a status file.</summary>
    /// <param name="status">The server.</param>
    /// <param name="version">1, 2 (commas) or 3 (tabs), as <c>status-version</c> has it.</param>
    /// <param name="title">The program and its version, for the first line of versions 2 and 3.</param>
    /// <param name="zone">In which zone local times are shown; null for the system's.</param>
    /// <returns>The lines, each with its end.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such version.</exception>
    public static string Write(OpenVpnServerStatus status, int version, string title, TimeZoneInfo? zone = null)
    {
        ArgumentNullException.ThrowIfNull(status);
        ArgumentNullException.ThrowIfNull(title);
        ArgumentOutOfRangeException.ThrowIfLessThan(version, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(version, 3);
        zone ??= TimeZoneInfo.Local;
        return version == 1 ? WriteFirst(status, zone) : WriteSecond(status, version == 2 ? ',' : '\t', title, zone);
    }

    private static string WriteFirst(OpenVpnServerStatus status, TimeZoneInfo zone)
    {
        StringBuilder text = new();
        text.Append("OpenVPN CLIENT LIST\n");
        Line(text, ',', "Updated", Local(status.Time, zone));
        text.Append("Common Name,Real Address,Bytes Received,Bytes Sent,Connected Since\n");
        foreach (ServerClientStatus client in status.Clients)
        {
            Line(text, ',', client.CommonName ?? Undefined, client.Remote.ToString(), Number(client.BytesReceived), Number(client.BytesSent),
                Local(client.Since, zone));
        }
        text.Append("ROUTING TABLE\nVirtual Address,Common Name,Real Address,Last Ref\n");
        foreach (ServerRouteStatus route in status.Routes)
            Line(text, ',', Target(route), route.CommonName, route.Remote.ToString(), Local(route.LastUsed, zone));
        return text.Append("GLOBAL STATS\nMax bcast/mcast queue length,0\nEND\n").ToString();
    }

    private static string WriteSecond(OpenVpnServerStatus status, char separator, string title, TimeZoneInfo zone)
    {
        StringBuilder text = new();
        Line(text, separator, "TITLE", title);
        Line(text, separator, "TIME", Local(status.Time, zone), Unix(status.Time));
        Line(text, separator, "HEADER", "CLIENT_LIST", "Common Name", "Real Address", "Virtual Address", "Virtual IPv6 Address",
            "Bytes Received", "Bytes Sent", "Connected Since", "Connected Since (time_t)", "Username", "Client ID", "Peer ID", "Data Channel Cipher");
        foreach (ServerClientStatus client in status.Clients)
        {
            Line(text, separator, "CLIENT_LIST", client.CommonName ?? Undefined, client.Remote.ToString(), client.Address?.ToString() ?? "",
                client.AddressV6?.ToString() ?? "", Number(client.BytesReceived), Number(client.BytesSent), Local(client.Since, zone),
                Unix(client.Since), client.Username ?? Undefined, Number(client.Id), Number(client.PeerId ?? 0), client.Cipher ?? "");
        }
        Line(text, separator, "HEADER", "ROUTING_TABLE", "Virtual Address", "Common Name", "Real Address", "Last Ref", "Last Ref (time_t)");
        foreach (ServerRouteStatus route in status.Routes)
        {
            Line(text, separator, "ROUTING_TABLE", Target(route), route.CommonName, route.Remote.ToString(), Local(route.LastUsed, zone),
                Unix(route.LastUsed));
        }
        Line(text, separator, "GLOBAL_STATS", "Max bcast/mcast queue length", "0");
        Line(text, separator, "GLOBAL_STATS", "dco_enabled", "0");
        return text.Append("END\n").ToString();
    }

    private static void Line(StringBuilder text, char separator, params ReadOnlySpan<string> fields)
    {
        for (int i = 0; i < fields.Length; i++)
        {
            if (i > 0)
                text.Append(separator);
            // A name is the client's own choice: it must not make fields of its own.
            foreach (char c in fields[i])
                text.Append(c == separator || char.IsControl(c) ? '_' : c);
        }
        text.Append('\n');
    }

    private static string Target(ServerRouteStatus route) => route.Station is { } station ? Station(station) : Network(route.Network);

    // As openvpn writes it: with the VLAN, of which there is none.
    internal static string Station(Packets.MacAddress address) => $"{address}@0";

    // One address is shown as it is, without its 32 or 128 bits.
    internal static string Network(IPNetwork network)
    {
        bool isAddress = network.PrefixLength == network.BaseAddress.GetAddressBytes().Length * 8;
        return isAddress ? network.BaseAddress.ToString() : network.ToString();
    }

    private static string Local(DateTimeOffset time, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(time, zone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Unix(DateTimeOffset time) => Number(time.ToUnixTimeSeconds());

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
