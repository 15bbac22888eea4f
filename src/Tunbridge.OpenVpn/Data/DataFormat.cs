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

    internal int HeaderSize => PeerId is null ? 1 : 4;

    /// <summary>A sealer for one direction of a key state.</summary>
    internal DataSealer CreateSealer(ICryptoProvider crypto, IRandomSource random, StaticKey key, bool isServer, byte keyId)
    {
        KeyDirection direction = isServer ? KeyDirection.Inverse : KeyDirection.Normal;
        ReadOnlySpan<byte> cipherKey = key.SendCipher(direction)[..Cipher.KeySize];
        ReadOnlySpan<byte> hmac = key.SendHmac(direction);
        if (Cipher.Aead is { } aead)
            return new AeadDataSealer(this, keyId, crypto.CreateSealer(aead, cipherKey), hmac[..AeadDataSealer.ImplicitIvSize]);
        IMac? mac = Auth is { } digest ? crypto.CreateMac(digest, hmac[..Digest.Size(digest)]) : null;
        return new CbcDataSealer(this, keyId, crypto.CreateEncryptor(Cipher.Cbc!.Value, cipherKey), mac, random);
    }

    /// <summary>An opener for the other direction.</summary>
    internal DataOpener CreateOpener(ICryptoProvider crypto, StaticKey key, bool isServer, byte keyId)
    {
        KeyDirection direction = isServer ? KeyDirection.Inverse : KeyDirection.Normal;
        ReadOnlySpan<byte> cipherKey = key.ReceiveCipher(direction)[..Cipher.KeySize];
        ReadOnlySpan<byte> hmac = key.ReceiveHmac(direction);
        if (Cipher.Aead is { } aead)
            return new AeadDataOpener(this, keyId, crypto.CreateOpener(aead, cipherKey), hmac[..AeadDataSealer.ImplicitIvSize]);
        IMac? mac = Auth is { } digest ? crypto.CreateMac(digest, hmac[..Digest.Size(digest)]) : null;
        return new CbcDataOpener(this, keyId, crypto.CreateDecryptor(Cipher.Cbc!.Value, cipherKey), mac);
    }
}
