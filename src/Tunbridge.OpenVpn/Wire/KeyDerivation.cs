// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Tunbridge.Tunnels;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.OpenVpn.Wire;

/// <summary>Makes the 256 bytes of data keys from what key method 2 exchanged; the client's direction is half A.</summary>
internal static class KeyDerivation
{
    /// <summary>The exporter's label when both sides make data keys with it.</summary>
    internal const string ExporterLabel = "EXPORTER-OpenVPN-datakeys";

    /// <summary>The exporter's label for the tls-crypt key of renegotiations.</summary>
    internal const string DynamicTlsCryptLabel = "EXPORTER-OpenVPN-dynamic-tls-crypt";

    private const int MasterSize = 48;

    /// <summary>The key from the PRF of TLS 1.0; null where the library refuses MD5.</summary>
    internal static StaticKey? FromSecrets(ICryptoProvider crypto, ReadOnlySpan<byte> preMaster,
        ReadOnlySpan<byte> clientRandoms, ReadOnlySpan<byte> serverRandoms, ulong clientSessionId, ulong serverSessionId)
    {
        const int Half = KeyMethod2.RandomSize;
        Span<byte> master = stackalloc byte[MasterSize];
        Span<byte> key = stackalloc byte[StaticKey.Size];
        Span<byte> seed = stackalloc byte[128];
        int length = Seed(seed, "OpenVPN master secret"u8, clientRandoms[..Half], serverRandoms[..Half]);
        StaticKey? derived = null;
        if (crypto.TryTls1Prf(preMaster, seed[..length], master))
        {
            length = Seed(seed, "OpenVPN key expansion"u8, clientRandoms[Half..], serverRandoms[Half..]);
            WriteUInt64BigEndian(seed[length..], clientSessionId);
            WriteUInt64BigEndian(seed[(length + 8)..], serverSessionId);
            if (crypto.TryTls1Prf(master, seed[..(length + 16)], key) && key.ContainsAnyExcept((byte)0))
                derived = new StaticKey(key);
        }
        CryptographicOperations.ZeroMemory(master);
        CryptographicOperations.ZeroMemory(key);
        CryptographicOperations.ZeroMemory(seed);
        return derived;
    }

    private static int Seed(Span<byte> seed, ReadOnlySpan<byte> label, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        label.CopyTo(seed);
        first.CopyTo(seed[label.Length..]);
        second.CopyTo(seed[(label.Length + first.Length)..]);
        return label.Length + first.Length + second.Length;
    }
}
