// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Numerics;
using System.Text;
using Tunbridge.Linux;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>What a script is told: names and values, of which nothing comes from our own environment.</summary>
/// <remarks>Values may be a peer's words: control characters are left out of them.</remarks>
internal sealed class ScriptEnvironment
{
    private readonly Dictionary<string, string> _values = [];

    internal ScriptEnvironment()
    {
    }

    internal ScriptEnvironment(ScriptEnvironment source) => _values = new(source._values);

    internal IReadOnlyDictionary<string, string> Values => _values;

    internal void Set(string name, string value)
    {
        string clean = Clean(name).Replace('=', '_');
        if (clean.Length > 0)
            _values[clean] = Clean(value);
    }

    internal void Set(string name, long value) => Set(name, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>What a client says of itself: without what a shell would take for a command, as openvpn has it.</summary>
    internal void SetPeerInfo(string name, string value) =>
        Set(name, string.Concat(value.Select(static c => c is '$' or '(' or '`' or ' ' || !char.IsAscii(c) ? '_' : c)));

    /// <summary>A client's address: trusted_ip, trusted_port, or with 6 for IPv6.</summary>
    internal void SetAddress(string prefix, DatagramAddress address)
    {
        Set(address.IsIPv4 ? $"{prefix}_ip" : $"{prefix}_ip6", address.ToIPAddress().ToString());
        Set($"{prefix}_port", address.Port);
    }

    /// <summary>What a chain of certificates says, the client's own at depth 0.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="from">The first depth that counts.</param>
    internal void SetCertificates(IReadOnlyList<PeerCertificate> chain, int from = 0)
    {
        for (int depth = from; depth < chain.Count; depth++)
        {
            PeerCertificate certificate = chain[depth];
            for (int i = 0; i < certificate.SubjectParts.Count; i++)
            {
                (string name, string value) = certificate.SubjectParts[i];
                // OU, OU_1, OU_2 …
                int before = certificate.SubjectParts.Take(i).Count(p => p.Key == name);
                Set($"X509_{depth}_{name}{(before > 0 ? $"_{before}" : "")}", value);
            }
            Set($"tls_id_{depth}", certificate.Subject);
            Set($"tls_serial_{depth}", new BigInteger(certificate.Serial.Span, isUnsigned: true, isBigEndian: true).ToString(CultureInfo.InvariantCulture));
            Set($"tls_serial_hex_{depth}", Colons(certificate.Serial.Span));
            Set($"tls_digest_{depth}", Colons(certificate.Sha1.Span));
            Set($"tls_digest_sha256_{depth}", Colons(certificate.Sha256.Span));
        }
    }

    private static string Colons(ReadOnlySpan<byte> bytes)
    {
        StringBuilder text = new(bytes.Length * 3);
        foreach (byte b in bytes)
            text.Append(text.Length > 0 ? ":" : "").Append(b.ToString("x2", CultureInfo.InvariantCulture));
        return text.ToString();
    }

    private static string Clean(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Where(c => !char.IsControl(c))) : text;
}
