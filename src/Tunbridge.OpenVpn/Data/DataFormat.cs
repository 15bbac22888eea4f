// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Data;

/// <summary>What both sides agreed on for the data channel of a session; the same for all of its key states.</summary>
internal sealed record DataFormat
{
    internal required DataCipher Cipher { get; init; }

    /// <summary>The digest beside CBC; null for none. Authenticated ciphers do without.</summary>
    internal DigestAlgorithm? Auth { get; init; } = DigestAlgorithm.Sha1;

    internal CompressionFraming Framing { get; init; }

    /// <summary>The id that DATA_V2 carries; null sends DATA_V1.</summary>
    internal uint? PeerId { get; init; }

    /// <summary>How far numbers may come out of order.</summary>
    internal int ReplayWindow { get; init; } = 64;

    /// <summary>How long a number may be overtaken.</summary>
    internal TimeSpan ReplayAge { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Longest packet that a compressed payload may become.</summary>
    internal int MaximumPacket { get; init; } = 1600;

    /// <summary>The format with epochs, for authenticated ciphers and with a peer id only.</summary>
    internal bool HasEpochs { get; init; }

    /// <summary>Cipher and header fit the format with epochs.</summary>
    internal bool CanHaveEpochs => Cipher.Aead is not null && PeerId is not null;

    /// <summary>Another limit than the cipher's own: blocks and packets under one key, or in one epoch.</summary>
    internal ulong? OtherUsageLimit { get; init; }

    internal int HeaderSize => PeerId is null ? 1 : 4;

    /// <summary>
    /// Blocks and packets under one key until the next is due: seven eighths of 2^36 − 1 for AES-GCM, as openvpn 2.7.8 prints it; none for others.
    /// </summary>
    internal ulong UsageLimit => OtherUsageLimit ??
        (Cipher.Aead is null or AeadAlgorithm.ChaCha20Poly1305 ? ulong.MaxValue : ((1UL << 36) - 1) / 8 * 7);

    /// <summary>What a packet counts: itself, and its blocks.</summary>
    internal static ulong BlocksOf(int length) => ((uint)(length + 15) >> 4) + 1;

    /// <summary>A sealer for one direction of a key state.</summary>
    internal DataSealer CreateSealer(ICryptoProvider crypto, IRandomSource random, StaticKey key, bool isServer, byte keyId)
    {
        KeyDirection direction = isServer ? KeyDirection.Inverse : KeyDirection.Normal;
        ReadOnlySpan<byte> cipherKey = key.SendCipher(direction)[..Cipher.KeySize];
        ReadOnlySpan<byte> hmac = key.SendHmac(direction);
        if (HasEpochs)
            return new EpochDataSealer(this, keyId, new EpochKeys(crypto, Cipher, key.SendCipher(direction)));
        if (Cipher.Aead is { } aead)
            return new AeadDataSealer(this, keyId, crypto.CreateSealer(aead, cipherKey), hmac[..AeadDataSealer.ImplicitIvSize]);
        IMac? mac = Auth is { } digest ? crypto.CreateMac(digest, hmac[..Digest.Size(digest)]) : null;
        return new CbcDataSealer(this, keyId, crypto.CreateEncryptor(Cipher.Cbc!.Value, cipherKey), mac, random);
    }

    /// <summary>An opener for the other direction; the sealer, where one is given, follows the epochs of what comes.</summary>
    internal DataOpener CreateOpener(ICryptoProvider crypto, StaticKey key, bool isServer, byte keyId, DataSealer? sealer = null)
    {
        KeyDirection direction = isServer ? KeyDirection.Inverse : KeyDirection.Normal;
        ReadOnlySpan<byte> cipherKey = key.ReceiveCipher(direction)[..Cipher.KeySize];
        ReadOnlySpan<byte> hmac = key.ReceiveHmac(direction);
        if (HasEpochs)
            return new EpochDataOpener(this, keyId, new EpochKeys(crypto, Cipher, key.ReceiveCipher(direction)), sealer as EpochDataSealer);
        if (Cipher.Aead is { } aead)
            return new AeadDataOpener(this, keyId, crypto.CreateOpener(aead, cipherKey), hmac[..AeadDataSealer.ImplicitIvSize]);
        IMac? mac = Auth is { } digest ? crypto.CreateMac(digest, hmac[..Digest.Size(digest)]) : null;
        return new CbcDataOpener(this, keyId, crypto.CreateDecryptor(Cipher.Cbc!.Value, cipherKey), mac);
    }
}
