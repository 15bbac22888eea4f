// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace Tunbridge.OpenVpn.Wire;

/// <summary>The bits of IV_PROTO.</summary>
[Flags]
internal enum ProtocolFeatures
{
    None = 0,

    /// <summary>DATA_V2 and peer ids.</summary>
    DataV2 = 1 << 1,

    /// <summary>The server may push without being asked.</summary>
    RequestsPush = 1 << 2,

    /// <summary>Data keys from the TLS exporter.</summary>
    KeyExport = 1 << 3,

    /// <summary>AUTH_PENDING with keywords.</summary>
    AuthPending = 1 << 4,

    /// <summary>Negotiation without a server.</summary>
    PeerToPeerNegotiation = 1 << 5,

    /// <summary>The <c>dns</c> option.</summary>
    Dns = 1 << 6,

    /// <summary>EXIT over the control channel, and <c>protocol-flags</c>.</summary>
    ControlExit = 1 << 7,

    /// <summary>AUTH_FAILED,TEMP.</summary>
    TemporaryFailure = 1 << 8,

    /// <summary>A tls-crypt key of its own for renegotiations.</summary>
    DynamicTlsCrypt = 1 << 9,

    /// <summary>The data format with epochs.</summary>
    EpochData = 1 << 10,
}

/// <summary>
/// What a client tells about itself in its key-method-2 block: lines of NAME=VALUE. Only names that begin with IV_ or UV_ and
/// printable values are kept, of which there are at most <see cref="MaximumEntries"/>: they go into environments and logs.
/// </summary>
internal sealed class PeerInfo
{
    internal const int MaximumEntries = 64;
    internal const int MaximumLength = 4096;

    private readonly List<KeyValuePair<string, string>> _entries = [];

    internal IReadOnlyList<KeyValuePair<string, string>> Entries => _entries;

    /// <summary>IV_PROTO; none when absent or not a number.</summary>
    internal ProtocolFeatures Features =>
        int.TryParse(this["IV_PROTO"], NumberStyles.None, CultureInfo.InvariantCulture, out int bits)
            ? (ProtocolFeatures)bits : ProtocolFeatures.None;

    /// <summary>IV_CIPHERS, else the two that IV_NCP=2 stands for; null when the peer says nothing.</summary>
    internal IReadOnlyList<string>? Ciphers =>
        this["IV_CIPHERS"] is { } list ? list.Split(':', StringSplitOptions.RemoveEmptyEntries)
        : int.TryParse(this["IV_NCP"], NumberStyles.None, CultureInfo.InvariantCulture, out int ncp) && ncp >= 2
            ? ["AES-256-GCM", "AES-128-GCM"] : null;

    /// <summary>IV_MTU: the largest tun-mtu that may be pushed; null when none may.</summary>
    internal int? Mtu => int.TryParse(this["IV_MTU"], NumberStyles.None, CultureInfo.InvariantCulture, out int mtu) ? mtu : null;

    /// <summary>A value by its name; the last one said counts.</summary>
    internal string? this[string name] => _entries.FindLast(e => e.Key == name).Value;

    internal static PeerInfo Parse(ReadOnlySpan<byte> bytes)
    {
        PeerInfo info = new();
        if (bytes.Length > MaximumLength)
            bytes = bytes[..MaximumLength];
        while (!bytes.IsEmpty && info._entries.Count < MaximumEntries)
        {
            int end = bytes.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? bytes : bytes[..end];
            bytes = end < 0 ? default : bytes[(end + 1)..];
            if (TryReadLine(line.TrimEnd((byte)'\r'), out KeyValuePair<string, string> entry))
                info._entries.Add(entry);
        }
        return info;
    }

    internal void Add(string name, string value) => _entries.Add(new(name, value));

    internal byte[] ToBytes()
    {
        StringBuilder text = new();
        foreach ((string name, string value) in _entries)
            text.Append(name).Append('=').Append(value).Append('\n');
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static bool TryReadLine(ReadOnlySpan<byte> line, out KeyValuePair<string, string> entry)
    {
        entry = default;
        int equals = line.IndexOf((byte)'=');
        if (equals < 4 || !(line.StartsWith("IV_"u8) || line.StartsWith("UV_"u8)))
            return false;
        foreach (byte b in line[..equals])
        {
            if (!(char.IsAsciiLetterOrDigit((char)b) || b == '_'))
                return false;
        }
        foreach (byte b in line[(equals + 1)..])
        {
            if (b is < 0x20 or >= 0x7f)
                return false;
        }
        entry = new(Encoding.ASCII.GetString(line[..equals]), Encoding.ASCII.GetString(line[(equals + 1)..]));
        return true;
    }
}
