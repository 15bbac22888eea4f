// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Tunbridge.Hosting;

/// <summary>Servers that the host uses outside a tunnel, as its own files tell: resolv.conf, and the leases of its DHCP clients.</summary>
internal sealed record OutsideServers
{
    // Of systemd-networkd and NetworkManager, then of dhclient.
    private const string AddressKey = "SERVER_ADDRESS=";
    private const string AddressOption = "option dhcp-server-identifier ";

    private static readonly (string Folder, string Pattern)[] s_leases =
    [
        ("run/systemd/netif/leases", "*"),
        ("var/lib/NetworkManager", "*.lease"),
        ("var/lib/dhcp", "*.leases"),
    ];

    /// <summary>Name servers.</summary>
    internal IReadOnlyList<IPAddress> NameServers { get; init; } = [];

    /// <summary>DHCP servers that have leased the host an address.</summary>
    internal IReadOnlyList<IPAddress> DhcpServers { get; init; } = [];

    /// <summary>Reads the files; what cannot be read has nobody in it.</summary>
    /// <param name="root">Under which directory they lie: / but for tests.</param>
    internal static OutsideServers Read(string root) => new()
    {
        NameServers = [.. LinesOf(Path.Combine(root, "etc/resolv.conf")).Select(NameServerIn).OfType<IPAddress>()],
        DhcpServers = [.. s_leases.SelectMany(l => FilesOf(Path.Combine(root, l.Folder), l.Pattern)).SelectMany(f => LinesOf(f).Select(DhcpServerIn).OfType<IPAddress>()).Distinct()],
    };

    private static IPAddress? NameServerIn(string line) =>
        line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is ["nameserver", var text, ..] && IPAddress.TryParse(text, out IPAddress? address) ? address : null;

    private static IPAddress? DhcpServerIn(string line)
    {
        string trimmed = line.Trim();
        string? text = trimmed.StartsWith(AddressKey, StringComparison.Ordinal) ? trimmed[AddressKey.Length..]
            : trimmed.StartsWith(AddressOption, StringComparison.Ordinal) ? trimmed[AddressOption.Length..].TrimEnd(';') : null;
        return text is not null && IPAddress.TryParse(text, out IPAddress? address) ? address : null;
    }

    private static string[] FilesOf(string folder, string pattern)
    {
        try
        {
            return Directory.Exists(folder) ? Directory.GetFiles(folder, pattern) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody else's place: as if there were none.
            return [];
        }
    }

    private static string[] LinesOf(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone, or not for us: as if it were empty.
            return [];
        }
    }
}
