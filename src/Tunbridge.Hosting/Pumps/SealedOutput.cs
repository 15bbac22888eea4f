// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Packets;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting;

/// <summary>Seals packets of one thread into its sender, and remembers for whom it did so last.</summary>
internal sealed class SealedOutput : IDisposable
{
    private readonly TunnelPump _pump;
    private readonly ILinkSender _sender;
    private readonly int _slot;

    // The peer before, with what it takes to seal for it; of this round only.
    private TunnelPeer? _peer;
    private IPacketSealer? _sealer;
    private LinkPath _path;
    private int _overhead;
    private int _maximumSegmentSize;
    private int _packets;
    private long _bytes;
    private long _wireBytes;

    internal SealedOutput(TunnelPump pump, int slot)
    {
        _pump = pump;
        _slot = slot;
        _sender = pump.Options.Link.OpenSender(pump.Options.BatchSize);
    }

    /// <summary>Packets are frames.</summary>
    internal bool IsFrames { get; set; }

    /// <summary>The time of this round.</summary>
    internal long Now { get; private set; }

    internal void Begin(long nowMilliseconds) => Now = nowMilliseconds;

    /// <summary>Forgets the peer: its keys are not used after this until it is added to again.</summary>
    internal void End()
    {
        Count();
        _peer = null;
        _sealer = null;
    }

    /// <summary>Seals a packet, or drops and counts it.</summary>
    /// <param name="peer">For whom.</param>
    /// <param name="packet">Its segment size may be lowered in place.</param>
    /// <returns>False when there is no room: flush first.</returns>
    internal bool TryAdd(TunnelPeer peer, Span<byte> packet)
    {
        if (peer != _peer)
            Turn(peer);
        if (_sealer is not { } sealer)
        {
            _pump.Drops.Add(DropReason.NotEstablished);
            return true;
        }

        Span<byte> room = _sender.GetSpan(packet.Length + _overhead);
        if (room.IsEmpty)
            return !_sender.HasPending && DropTooLong();
        if (_maximumSegmentSize > 0)
            Clamp(packet, _maximumSegmentSize);
        if (!sealer.TrySeal(packet, room, Now, out int length))
        {
            _pump.Drops.Add(DropReason.NotEstablished);
            return true;
        }

        _sender.Commit(_path, length);
        _packets++;
        _bytes += packet.Length;
        _wireBytes += length;
        return true;
    }

    internal void Flush(CancellationToken cancellationToken) =>
        _pump.Drops.Add(DropReason.Overload, _sender.Flush(waits: true, cancellationToken));

    /// <summary>Sends what the socket has room for, and drops the rest.</summary>
    /// <returns>How many were dropped.</returns>
    internal int FlushWithoutWaiting()
    {
        int dropped = _sender.Flush(waits: false);
        _pump.Drops.Add(DropReason.Overload, dropped);
        return dropped;
    }

    internal void Clamp(Span<byte> packet, int maximum)
    {
        _ = IsFrames ? SegmentSizeClamp.ApplyToFrame(packet, maximum) : SegmentSizeClamp.Apply(packet, maximum);
    }

    public void Dispose() => _sender.Dispose();

    private bool DropTooLong()
    {
        _pump.Drops.Add(DropReason.TooLong);
        return true;
    }

    private void Turn(TunnelPeer peer)
    {
        Count();
        _peer = peer;
        _path = peer.Path;
        _maximumSegmentSize = peer.MaximumSegmentSize;
        // It may have been found in an earlier round, before the slab was full.
        _sealer = peer.IsGone ? null : peer.Channel.SealerFor(_slot);
        _overhead = _sealer?.Overhead ?? 0;
    }

    private void Count()
    {
        if (_packets == 0)
            return;
        _peer!.Counters.AddSent(_packets, _bytes, _wireBytes);
        _packets = 0;
        _bytes = _wireBytes = 0;
    }
}
