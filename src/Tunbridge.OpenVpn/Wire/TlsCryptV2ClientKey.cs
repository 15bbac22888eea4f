// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Wire;

/// <summary>A client's tls-crypt-v2 file: its own key, and the same key as its server wrapped it.</summary>
internal sealed class TlsCryptV2ClientKey : IDisposable
{
    private const string Armour = "OpenVPN tls-crypt-v2 client key";

    private TlsCryptV2ClientKey(StaticKey key, byte[] wrapped)
    {
        Key = key;
        Wrapped = wrapped;
    }

    internal StaticKey Key { get; }

    /// <summary>What goes behind the first packet, as it is.</summary>
    internal byte[] Wrapped { get; }

    /// <summary>Reads the key's file; null when it is none.</summary>
    internal static TlsCryptV2ClientKey? Parse(ReadOnlySpan<byte> text)
    {
        using SecretBytes? bytes = PemBlock.ReadBase64(text, Armour, StaticKey.Size + (2 * TlsCryptV2ServerKey.MaximumLength));
        return bytes?.Length > StaticKey.Size && bytes.Length - StaticKey.Size <= TlsCryptV2ServerKey.MaximumLength
            ? new TlsCryptV2ClientKey(new StaticKey(bytes.Span[..StaticKey.Size]), bytes.Span[StaticKey.Size..].ToArray())
            : null;
    }

    public void Dispose() => Key.Dispose();
}
