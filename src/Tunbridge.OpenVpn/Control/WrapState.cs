// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Wire;

namespace Tunbridge.OpenVpn.Control;

/// <summary>A wrap with one session's numbers in both directions.</summary>
internal sealed class WrapState(ControlWrap wrap, bool ownsWrap, ControlPacketId sendId) : IDisposable
{
    private ControlPacketId _sendId = sendId;

    internal ControlWrap Wrap { get; } = wrap;

    internal ControlReplay Replay { get; } = new();

    internal int Send(PacketHead head, ulong sessionId, ReadOnlySpan<byte> body, Span<byte> destination) =>
        Wrap.Wrap(ref _sendId, head, sessionId, body, destination);

    public void Dispose()
    {
        if (ownsWrap)
            Wrap.Dispose();
    }
}
