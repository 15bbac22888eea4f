// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Wire;

/// <summary>No wrap: <c>head | session id | body</c>.</summary>
internal sealed class PlainWrap : ControlWrap
{
    internal override int Overhead => 0;

    internal override int Wrap(ref ControlPacketId id, PacketHead head, ulong sessionId, ReadOnlySpan<byte> body,
        Span<byte> destination)
    {
        head.WriteControl(destination, sessionId);
        body.CopyTo(destination[PacketHead.ControlSize..]);
        return PacketHead.ControlSize + body.Length;
    }

    internal override DropReason Unwrap(Span<byte> packet, ControlReplay? replay, long nowMilliseconds, out Span<byte> body,
        out uint number)
    {
        number = 0;
        body = default;
        if (packet.Length < PacketHead.ControlSize)
            return DropReason.TooShort;
        body = packet[PacketHead.ControlSize..];
        return DropReason.None;
    }

    public override void Dispose()
    {
        // holds no key
    }
}
