// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Tunbridge.OpenVpn.Wire;

/// <summary>
/// The options-compatibility ("OCC") text that both sides send in key method 2. It only makes warnings, and names the cipher
/// of peers that cannot negotiate one.
/// </summary>
internal sealed record ConsistencyText
{
    internal bool IsTap { get; init; }
    internal int TunMtu { get; init; } = 1500;
    internal bool IsTcp { get; init; }

    /// <summary>The TLS server's text, else the TLS client's.</summary>
    internal bool IsServer { get; init; }

    /// <summary>Some framing of compression is on.</summary>
    internal bool HasCompression { get; init; }
    internal bool HasTlsAuth { get; init; }

    /// <summary>0 or 1 with a direction, else null.</summary>
    internal int? KeyDirection { get; init; }

    /// <summary>The configured cipher if it is also one of the negotiable ones; null leaves it out, with BF-CBC's sizes.</summary>
    internal string? Cipher { get; init; }

    /// <summary>The digest's name, <c>SHA1</c> by default.</summary>
    internal string Auth { get; init; } = "SHA1";

    internal int AuthSize { get; init; } = 20;

    /// <summary>What the other side should say when it is configured alike.</summary>
    internal ConsistencyText Mirrored() => this with { IsServer = !IsServer, KeyDirection = 1 - KeyDirection };

    public override string ToString()
    {
        (int keySize, int iv, int block, bool isAead) = CipherSizes(Cipher);
        int overhead = 1 + 4 + (isAead ? 16 : AuthSize) + iv + block;
        int linkMtu = TunMtu + (IsTap ? 32 : 0) + (HasCompression ? 1 : 0) + (IsTcp ? 2 : 0) + overhead;
        StringBuilder text = new("V4");
        text.Append(IsTap ? ",dev-type tap" : ",dev-type tun");
        text.Append(",link-mtu ").Append(linkMtu).Append(",tun-mtu ").Append(TunMtu);
        text.Append(",proto ").Append(!IsTcp ? "UDPv4" : IsServer ? "TCPv4_SERVER" : "TCPv4_CLIENT");
        if (HasCompression)
            text.Append(",comp-lzo");
        if (KeyDirection is { } direction)
            text.Append(",keydir ").Append(direction);
        if (Cipher is not null)
            text.Append(",cipher ").Append(Cipher);
        text.Append(",auth ").Append(isAead ? "[null-digest]" : Auth).Append(",keysize ").Append(keySize);
        if (HasTlsAuth)
            text.Append(",tls-auth");
        return text.Append(",key-method 2,").Append(IsServer ? "tls-server" : "tls-client").ToString();
    }

    /// <summary>The cipher that a peer's text names; null when it names none.</summary>
    internal static string? CipherOf(string text)
    {
        foreach (string item in text.Split(','))
        {
            if (item.StartsWith("cipher ", StringComparison.Ordinal))
                return item["cipher ".Length..];
        }
        return null;
    }

    /// <summary>Warns where a peer's text differs from the expected one, in the words that tools know.</summary>
    internal static IReadOnlyList<string> Compare(string expected, string remote)
    {
        List<string> warnings = [];
        if (expected == remote || remote.Length == 0)
            return warnings;
        string[] ours = $"version {expected}".Split(',');
        string[] theirs = $"version {remote}".Split(',');
        foreach (string item in ours)
        {
            if (IsUncompared(item) || theirs.Contains(item))
                continue;
            string word = FirstWord(item);
            string? other = Array.Find(theirs, t => FirstWord(t) == word);
            warnings.Add(other is null
                ? $"WARNING: '{word}' is present in local config but missing in remote config, local='{item}'"
                : $"WARNING: '{word}' is used inconsistently, local='{item}', remote='{other}'");
        }
        foreach (string item in theirs)
        {
            if (!IsUncompared(item) && !Array.Exists(ours, o => FirstWord(o) == FirstWord(item)))
                warnings.Add($"WARNING: '{FirstWord(item)}' is present in remote config but missing in local config, remote='{item}'");
        }
        return warnings;
    }

    private static bool IsUncompared(string item) =>
        item.StartsWith("key-method ", StringComparison.Ordinal) || item.StartsWith("keydir ", StringComparison.Ordinal) ||
        item.StartsWith("proto ", StringComparison.Ordinal) || item.StartsWith("tls-auth", StringComparison.Ordinal) ||
        item.StartsWith("tun-ipv6", StringComparison.Ordinal) || item.StartsWith("cipher ", StringComparison.Ordinal) ||
        item is "tls-client" or "tls-server";

    private static string FirstWord(string item) => item.Split(' ', 2)[0];

    // Key bits, IV and block as the text counts them; without a cipher, those of BF-CBC.
    private static (int KeySize, int Iv, int Block, bool IsAead) CipherSizes(string? cipher) => cipher switch
    {
        null => (128, 8, 8, false),
        "AES-256-CBC" => (256, 16, 16, false),
        "AES-192-CBC" => (192, 16, 16, false),
        "AES-128-CBC" => (128, 16, 16, false),
        "AES-128-GCM" => (128, 12, 16, true),
        "AES-192-GCM" => (192, 12, 16, true),
        _ => (256, 12, 16, true),
    };
}
