// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Tunnels;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.OpenVpn.Wire;

/// <summary>tls-auth: an HMAC with the digest that <c>auth</c> names, over everything; the content stays readable.</summary>
internal sealed class TlsAuthWrap : ControlWrap
{
    // 0             1            9      9+h      13+h   17+h
    // | opcode, key | session id | HMAC | number | time | body…
    // HMAC over:     number | time | opcode, key | session id | body

    private const int IdSize = 8;

    private readonly IMac _send;
    private readonly IMac _receive;
    private readonly int _macSize;

    private readonly byte[] _scratch = new byte[IdSize + PacketHead.ControlSize];

    internal TlsAuthWrap(ICryptoProvider crypto, StaticKey key, KeyDirection direction, DigestAlgorithm digest)
    {
        _macSize = Digest.Size(digest);
        _send = crypto.CreateMac(digest, key.SendHmac(direction)[.._macSize]);
        _receive = crypto.CreateMac(digest, key.ReceiveHmac(direction)[.._macSize]);
    }

    internal override int Overhead => _macSize + IdSize;

    internal override int Wrap(ref ControlPacketId id, PacketHead head, ulong sessionId, ReadOnlySpan<byte> body,
        Span<byte> destination)
    {
        (uint number, uint time) = id.Next();
        head.WriteControl(destination, sessionId);
        Span<byte> at = destination[(PacketHead.ControlSize + _macSize)..];
        WriteUInt32BigEndian(at, number);
        WriteUInt32BigEndian(at[4..], time);
        body.CopyTo(at[IdSize..]);
        _send.Compute(Prefix(destination), body, destination.Slice(PacketHead.ControlSize, _macSize));
        return PacketHead.ControlSize + Overhead + body.Length;
    }

    internal override DropReason Unwrap(Span<byte> packet, ControlReplay? replay, long nowMilliseconds, out Span<byte> body,
        out uint number)
    {
        body = default;
        number = 0;
        if (packet.Length < PacketHead.ControlSize + Overhead)
            return DropReason.TooShort;
        Span<byte> content = packet[(PacketHead.ControlSize + Overhead)..];
        if (!_receive.Verify(Prefix(packet), content, packet.Slice(PacketHead.ControlSize, _macSize)))
            return DropReason.NotAuthentic;
        Span<byte> id = packet[(PacketHead.ControlSize + _macSize)..];
        number = ReadUInt32BigEndian(id);
        if (replay is not null && !replay.TryAccept(number, ReadUInt32BigEndian(id[4..]), nowMilliseconds))
            return DropReason.Replayed;
        body = content;
        return DropReason.None;
    }

    public override void Dispose()
    {
        _send.Dispose();
        _receive.Dispose();
    }

    // What is signed before the body, in its order.
    private ReadOnlySpan<byte> Prefix(ReadOnlySpan<byte> packet)
    {
        packet.Slice(PacketHead.ControlSize + _macSize, IdSize).CopyTo(_scratch);
        packet[..PacketHead.ControlSize].CopyTo(_scratch.AsSpan(IdSize));
        return _scratch.AsSpan(0, IdSize + PacketHead.ControlSize);
    }
}
