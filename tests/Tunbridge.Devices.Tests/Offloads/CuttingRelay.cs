// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Packets;
using Tunbridge.Packets.Capture;

namespace Tunbridge.Devices.Tests.Offloads;

/// <summary>
/// Carries packets from one card to another as a tunnel would: every superpacket cut, every segment looked at, all
/// joined again.
/// </summary>
internal sealed class CuttingRelay(VirtualDevice from, VirtualDevice to, Stream? capture = null)
{
    private const int MostCaptured = 2000;

    private readonly PacketBatch _superpackets = new(16);
    private readonly PacketBatch _segments = new(128);
    private readonly Coalescer _coalescer = new(from.Layer, 128);
    private PcapngWriter? _writer;

    internal long Superpackets { get; private set; }

    internal long Segments { get; private set; }

    internal long MergedPackets { get; private set; }

    internal long Captured { get; private set; }

    internal SegmentRefusal Refusal { get; private set; }

    internal Coalescer Coalescer => _coalescer;

    /// <summary>Runs until either card is disposed.</summary>
    internal void Run()
    {
        if (capture is not null)
        {
            _writer = new PcapngWriter(capture);
            _writer.AddInterface(from.Layer == DeviceLayer.Packet ? PcapngLinkType.Raw : PcapngLinkType.Ethernet);
        }

        try
        {
            while (true)
            {
                _superpackets.Clear();
                from.Read(_superpackets, CancellationToken.None);
                foreach (ref readonly Packet packet in _superpackets)
                    Cut(packet);
                Flush();
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or LinuxException { Errno: Errno.EBADFD })
        {
            return; // the end of the test
        }
    }

    private void Cut(in Packet packet)
    {
        if (packet.Gso.IsSuperpacket)
            Superpackets++;
        if (!Segmenter.TryStart(packet, from.Layer, out Segmenter segmenter, out SegmentRefusal refusal))
        {
            Refusal = refusal;
            return;
        }

        while (segmenter.TryNext(out Span<byte> segment, headroom: 16))
        {
            Segments++;
            if (!_segments.TryAdd(segment[16..]))
            {
                Flush();
                Assert.True(_segments.TryAdd(segment[16..]));
            }

            if (_writer is not null && Captured < MostCaptured)
                _writer.WritePacket(0, segment[16..], ++Captured);
            segment.Fill(0xEE); // as a sealer in place would
        }
    }

    private void Flush()
    {
        if (_segments.Count == 0)
            return;
        Assert.Equal(_segments.Count, _coalescer.Start(_segments));
        foreach (CoalescedGroup group in _coalescer)
        {
            if (group.PacketCount > 1)
                MergedPackets += group.PacketCount;
        }

        to.Write(_coalescer);
        _segments.Clear();
    }
}
