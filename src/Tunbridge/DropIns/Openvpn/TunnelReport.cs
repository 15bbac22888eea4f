// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Tunbridge.DropIns.Openvpn;

/// <summary>How a tunnel is at one moment: one line from the process that runs it to the service that supervises it.</summary>
internal sealed record TunnelReport
{
    /// <summary>client or server.</summary>
    internal required string Role { get; init; }

    /// <summary>connecting, connected, reconnecting, exiting …; serving for a server.</summary>
    internal required string State { get; init; }

    /// <summary>Since when it is so.</summary>
    internal required DateTimeOffset Since { get; init; }

    /// <summary>The card; null while there is none.</summary>
    internal string? Device { get; init; }

    /// <summary>A client's server, or null.</summary>
    internal string? Peer { get; init; }

    /// <summary>Addresses inside the tunnel.</summary>
    internal IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>How many clients a server has.</summary>
    internal int Clients { get; init; }

    internal long BytesReceived { get; init; }

    internal long BytesSent { get; init; }

    /// <summary>Whether packets pass.</summary>
    internal bool IsUp => State is "connected" or "serving";

    internal string ToJson()
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            Write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteString("role", Role);
        json.WriteString("state", State);
        json.WriteString("since", Since.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        json.WriteString("device", Device);
        json.WriteString("peer", Peer);
        json.WriteStartArray("addresses");
        foreach (string address in Addresses)
            json.WriteStringValue(address);
        json.WriteEndArray();
        json.WriteNumber("clients", Clients);
        json.WriteNumber("bytesReceived", BytesReceived);
        json.WriteNumber("bytesSent", BytesSent);
    }

    /// <summary>Reads such a line; null when it is none.</summary>
    internal static TunnelReport? Parse(string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return Parse(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // Not from this program, or not whole.
            return null;
        }
    }

    internal static TunnelReport Parse(JsonElement root) => new()
    {
        Role = root.GetProperty("role").GetString()!,
        State = root.GetProperty("state").GetString()!,
        Since = root.GetProperty("since").GetDateTimeOffset(),
        Device = root.GetProperty("device").GetString(),
        Peer = root.GetProperty("peer").GetString(),
        Addresses = [.. root.GetProperty("addresses").EnumerateArray().Select(a => a.GetString()!)],
        Clients = root.GetProperty("clients").GetInt32(),
        BytesReceived = root.GetProperty("bytesReceived").GetInt64(),
        BytesSent = root.GetProperty("bytesSent").GetInt64(),
    };
}
