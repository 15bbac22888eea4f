// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Tunbridge.Tunnels;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.OpenVpn.Wire;

/// <summary>tls-crypt, also with a tls-crypt-v2 client's key and with the key made for renegotiations.</summary>
internal sealed class TlsCryptWrap : ControlWrap
{
    // 0             1            9        13     17    49
    // | opcode, key | session id | number | time | tag | encrypted body…
    // tag = HMAC-SHA256(first 17 bytes | body); body encrypted with AES-256-CTR from the tag's first 16 bytes on

    internal const int KeySize = 32;
    internal const int TagSize = 32;

    private const int AdSize = PacketHead.ControlSize + 8;
    private const int IvSize = 16;

    private readonly IMac _sendMac;
    private readonly IMac _receiveMac;
    private readonly ICipher _sendCipher;
    private readonly ICipher _receiveCipher;

    /// <param name="crypto">Makes the ciphers.</param>
    /// <param name="key">The 256 bytes; may be disposed afterwards.</param>
    /// <param name="isServer">A server sends with half A, a client with half B.</param>
    internal TlsCryptWrap(ICryptoProvider crypto, StaticKey key, bool isServer)
    {
        KeyDirection direction = isServer ? KeyDirection.Normal : KeyDirection.Inverse;
        _sendMac = crypto.CreateMac(DigestAlgorithm.Sha256, key.SendHmac(direction)[..KeySize]);
        _receiveMac = crypto.CreateMac(DigestAlgorithm.Sha256, key.ReceiveHmac(direction)[..KeySize]);
        _sendCipher = crypto.CreateEncryptor(CipherAlgorithm.Aes256Ctr, key.SendCipher(direction)[..KeySize]);
        // In counter mode both directions are the same operation.
        _receiveCipher = crypto.CreateEncryptor(CipherAlgorithm.Aes256Ctr, key.ReceiveCipher(direction)[..KeySize]);
    }

    internal override int Overhead => AdSize - PacketHead.ControlSize + TagSize;

    internal override int Wrap(ref ControlPacketId id, PacketHead head, ulong sessionId, ReadOnlySpan<byte> body,
        Span<byte> destination)
    {
        (uint number, uint time) = id.Next();
        head.WriteControl(destination, sessionId);
        WriteUInt32BigEndian(destination[PacketHead.ControlSize..], number);
        WriteUInt32BigEndian(destination[(PacketHead.ControlSize + 4)..], time);
        Span<byte> tag = destination.Slice(AdSize, TagSize);
        Span<byte> content = destination.Slice(AdSize + TagSize, body.Length);
        body.CopyTo(content);
        _sendMac.Compute(destination[..AdSize], content, tag);
        _sendCipher.Transform(tag[..IvSize], content);
        return AdSize + TagSize + body.Length;
    }

    internal override DropReason Unwrap(Span<byte> packet, ControlReplay? replay, long nowMilliseconds, out Span<byte> body,
        out uint number)
    {
        body = default;
        number = 0;
        if (packet.Length < AdSize + TagSize)
            return DropReason.TooShort;
        Span<byte> tag = packet.Slice(AdSize, TagSize);
        Span<byte> content = packet[(AdSize + TagSize)..];
        _receiveCipher.Transform(tag[..IvSize], content);
        if (!_receiveMac.Verify(packet[..AdSize], content, tag))
        {
            CryptographicOperations.ZeroMemory(content);
            return DropReason.NotAuthentic;
        }
        number = ReadUInt32BigEndian(packet[PacketHead.ControlSize..]);
        if (replay is not null &&
            !replay.TryAccept(number, ReadUInt32BigEndian(packet[(PacketHead.ControlSize + 4)..]), nowMilliseconds))
            return DropReason.Replayed;
        body = content;
        return DropReason.None;
    }

    public override void Dispose()
    {
        _sendMac.Dispose();
        _receiveMac.Dispose();
        _sendCipher.Dispose();
        _receiveCipher.Dispose();
    }
}
