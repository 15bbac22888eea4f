// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Tunbridge.Packets;
using Tunbridge.Testing;

namespace Tunbridge.Devices.Tests.Switching;

/// <summary>The hub's rules, with ends of in-memory pairs as stations.</summary>
public sealed class HubTests : IDisposable
{
    private const string Broadcast = "ff:ff:ff:ff:ff:ff";

    private readonly ManualTime _time = new();
    private readonly BlockingCollection<HubPort> _failed = [];
    private readonly Hub _hub;

    public HubTests() => _hub = new Hub(new()
    {
        Time = _time,
        PortFailed = _failed.Add,
        Table = new() { AgeingTime = TimeSpan.FromSeconds(300), MaximumPerPort = 4 },
    });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _hub.Dispose();

    [Fact]
    public void Unknown_IsFlooded_LearnedGoesToItsPortOnly()
    {
        Station a = Add(1), b = Add(2), c = Add(3);
        a.Send(b.Address, 1);
        Assert.Equal((1, 1), (b.Receive(), c.Receive()));
        b.Send(a.Address, 2);
        Assert.Equal(2, a.Receive());
        a.Send(b.Address, 3);
        a.Send(Broadcast, 4);
        // Frames of one port keep their order: c has the broadcast and never had the one before.
        Assert.Equal((3, 4, 4), (b.Receive(), b.Receive(), c.Receive()));
        Assert.Equal((3L, 2L), (a.Port.Counters.Received, a.Port.Counters.Flooded));
        Assert.Equal((2L, 1), (c.Port.Counters.Sent, a.Port.Counters.Addresses));
    }

    [Fact]
    public void Learned_AfterTheAgeingTime_IsFloodedAgain()
    {
        Station a = Add(1), b = Add(2), c = Add(3);
        b.Send(Broadcast, 1);
        Assert.Equal((1, 1), (a.Receive(), c.Receive()));
        _time.Advance(TimeSpan.FromSeconds(299));
        a.Send(b.Address, 2);
        Assert.Equal(2, b.Receive());
        _time.Advance(TimeSpan.FromSeconds(2));
        a.Send(b.Address, 3);
        Assert.Equal((3, 3), (b.Receive(), c.Receive()));
    }

    [Fact]
    public void StationThatMoves_IsFollowedAtOnce()
    {
        Station a = Add(1), b = Add(2), c = Add(3);
        b.Send(Broadcast, 1);
        a.Receive();
        c.Receive();
        c.Send(Broadcast, 2, from: b.Address);
        Assert.Equal((2, 2), (a.Receive(), b.Receive()));
        a.Send(b.Address, 3);
        Assert.Equal(3, c.Receive());
        Assert.Equal(1, c.Port.Counters.Moved);
    }

    [Fact]
    public void FrameForItsOwnPort_GoesNowhere()
    {
        Station a = Add(1), b = Add(2);
        a.Send(Broadcast, 1, from: "02:00:00:00:00:77");
        Assert.Equal(1, b.Receive());
        a.Send("02:00:00:00:00:77", 2);
        a.Send(Broadcast, 3);
        Assert.Equal(3, b.Receive());
        Assert.Equal(1, a.Port.Counters.Filtered);
    }

    [Theory]
    [InlineData("01:80:c2:00:00:00", "02:00:00:00:00:01", nameof(HubPortCounters.Reserved))]
    [InlineData("01:80:c2:00:00:0e", "02:00:00:00:00:01", nameof(HubPortCounters.Reserved))]
    [InlineData(Broadcast, "01:00:5e:00:00:01", nameof(HubPortCounters.Invalid))]
    [InlineData(Broadcast, "00:00:00:00:00:00", nameof(HubPortCounters.Invalid))]
    public void WhatNoBridgePasses_GoesNowhereAndIsCounted(string to, string from, string counter)
    {
        Station a = Add(1), b = Add(2);
        a.Send(to, 1, from);
        a.Send(Broadcast, 2);
        Assert.Equal(2, b.Receive());
        Assert.Equal(1L, typeof(HubPortCounters).GetProperty(counter)!.GetValue(a.Port.Counters));
        a.Send("01:80:c2:00:00:10", 3);
        Assert.Equal(3, b.Receive());
    }

    [Fact]
    public void Limits_CountBroadcastsAndMulticastsApartAndSuperpacketsAsSegments()
    {
        Station a = Add(1, new() { BroadcastsPerSecond = 3, MulticastsPerSecond = 4 }), b = Add(2);
        for (int i = 1; i <= 6; i++)
            a.Send(Broadcast, i);
        for (int i = 11; i <= 16; i++)
            a.Send("01:00:5e:00:00:01", i);
        a.Send(b.Address, 20);
        Assert.Equal([1, 2, 3, 11, 12, 13, 14, 20], Enumerable.Range(0, 8).Select(_ => b.Receive()));
        Assert.Equal((3L, 2L), (a.Port.Counters.BroadcastLimited, a.Port.Counters.MulticastLimited));

        _time.Advance(TimeSpan.FromSeconds(1));
        a.Send(Broadcast, 30, gso: new() { Kind = GsoKind.UdpL4, SegmentSize = 30, NeedsChecksum = true });
        a.Send(Broadcast, 31);
        a.Send(Broadcast, 32);
        a.Send(b.Address, 33);
        // 60 bytes are two segments, so that one more passes.
        Assert.Equal([30, 31, 33], Enumerable.Range(0, 3).Select(_ => b.Receive()));
    }

    [Fact]
    public void IsolatedPorts_ReachOnlyOthers()
    {
        Station a = Add(1, new() { IsIsolated = true }), b = Add(2, new() { IsIsolated = true }), c = Add(3);
        b.Send(Broadcast, 1);
        Assert.Equal(1, c.Receive());
        a.Send(b.Address, 2);
        a.Send(Broadcast, 3);
        Assert.Equal(3, c.Receive());
        Assert.Equal(1, a.Port.Counters.Filtered);
        c.Send(b.Address, 4);
        c.Send(a.Address, 5);
        Assert.Equal((4, 5), (b.Receive(), a.Receive()));
    }

    [Fact]
    public void PortThatInventsAddresses_FillsItsOwnShareOnly()
    {
        Station a = Add(1), b = Add(2), c = Add(3);
        for (int i = 0; i < 50; i++)
        {
            a.Send(Broadcast, 9, from: $"02:00:00:00:01:{i:x2}");
            Assert.Equal((9, 9), (b.Receive(), c.Receive()));
        }

        Assert.Equal((4, 46L), (a.Port.Counters.Addresses, a.Port.Counters.NotLearned));
        b.Send(Broadcast, 1);
        c.Receive();
        c.Send(b.Address, 2);
        Assert.Equal(2, b.Receive());
    }

    [Fact]
    public void PortThatIsTakenOut_IsForgottenAndItsPlaceUsedAgain()
    {
        Station a = Add(1), b = Add(2);
        b.Send(Broadcast, 1);
        Assert.Equal(1, a.Receive());
        b.Port.Dispose();
        Assert.True(b.Port.IsRemoved);
        Assert.Null(b.Port.Error);
        Station c = Add(3);
        a.Send(b.Address, 2);
        // Flooded, as nobody knows it any more.
        Assert.Equal(2, c.Receive());
        Assert.Equal([a.Port, c.Port], _hub.Ports);
        Assert.Throws<EndOfStreamException>(() => b.Receive());
        Assert.Empty(_failed);
    }

    [Fact]
    public void PortThatFails_IsTakenOutAndTheOthersGoOn()
    {
        Station a = Add(1), b = Add(2), c = Add(3);
        c.Queue.Dispose(); // the other end is gone: the hub's reader gets an error
        Assert.True(_failed.TryTake(out HubPort? port, Generous.Patience));
        Assert.Same(c.Port, port);
        Assert.IsType<EndOfStreamException>(port.Error);
        a.Send(Broadcast, 1);
        Assert.Equal(1, b.Receive());
    }

    [Fact]
    public void PortWhoseWritesThrow_IsTakenOutAndTheSenderGoesOn()
    {
        Station a = Add(1), b = Add(2);
        using BrokenQueue broken = new();
        HubPort port = _hub.Add(broken);
        a.Send(Broadcast, 1);
        Assert.Equal(1, b.Receive());
        Assert.True(_failed.TryTake(out HubPort? failed, Generous.Patience));
        Assert.Same(port, failed);
        Assert.IsType<InvalidOperationException>(port.Error);
        a.Send(Broadcast, 2);
        Assert.Equal(2, b.Receive());
    }

    [Fact]
    public void PortThatFailsInTwoThreadsAtOnce_IsToldOnce()
    {
        const int Rounds = 500;
        Station a = Add(1), b = Add(2);
        for (int i = 0; i < Rounds; i++)
        {
            using Barrier together = new(2);
            using BrokenQueue broken = new(together);
            HubPort port = _hub.Add(broken);
            a.Send(Broadcast, 1);
            Assert.True(_failed.TryTake(out HubPort? failed, Generous.Patience));
            Assert.Same(port, failed);
            // The sender has come back from the port when its next frame is passed on.
            a.Send(Broadcast, 2);
            Assert.Equal((1, 2), (b.Receive(), b.Receive()));
            Assert.Empty(_failed);
        }
    }

    [Fact]
    public void PortThatDoesNotRead_LosesItsFramesAndKeepsNobodyWaiting()
    {
        Station a = Add(1), b = Add(2), lazy = Add(3, capacity: 2);
        for (int i = 1; i <= 20; i++)
        {
            a.Send(Broadcast, i);
            Assert.Equal(i, b.Receive());
        }

        // The last may reach b before it is refused here.
        Assert.True(SpinWait.SpinUntil(() => lazy.Port.Counters.Refused == 18, Generous.Patience));
        Assert.Equal(2, lazy.Port.Counters.Sent);
    }

    [Fact]
    public void Superpackets_PassWhole()
    {
        Station a = Add(1), b = Add(2);
        GsoInfo gso = new() { Kind = GsoKind.TcpV4, SegmentSize = 20, NeedsChecksum = true, ChecksumStart = 14, ChecksumOffset = 16 };
        a.Send(Broadcast, 1, gso: gso);
        byte[] buffer = new byte[100];
        Assert.Equal(60, b.Queue.Read(buffer, out GsoInfo got, Token));
        Assert.Equal(gso, got);
    }

    [Fact]
    public void WrongPorts_AreRefused()
    {
        (MemoryPacketQueue packets, _) = MemoryPacketQueue.CreatePair(DeviceLayer.Packet);
        Assert.Contains("frames", Assert.Throws<ArgumentException>(() => _hub.Add(packets)).Message, StringComparison.Ordinal);
        Station a = Add(1);
        Assert.Contains("already", Assert.Throws<ArgumentException>(() => _hub.Add(a.Port.Queue)).Message, StringComparison.Ordinal);
        (MemoryPacketQueue frames, _) = MemoryPacketQueue.CreatePair(DeviceLayer.Frame);
        Assert.Contains("BroadcastsPerSecond",
            Assert.Throws<ArgumentException>(() => _hub.Add(frames, new() { BroadcastsPerSecond = 0 })).Message, StringComparison.Ordinal);
        _hub.Dispose();
        Assert.Throws<ObjectDisposedException>(() => _hub.Add(frames));
        Assert.True(a.Port.IsRemoved);
    }

    [Fact]
    public async Task Ports_ComeAndGoUnderTraffic()
    {
        Station a = Add(1), b = Add(2);
        a.Send(Broadcast, 1);
        b.Receive();
        b.Send(Broadcast, 1);
        a.Receive();
        using CancellationTokenSource stop = new();
        Task churn = Task.Run(() =>
        {
            for (int i = 0; !stop.IsCancellationRequested; i++)
                Add(10 + (i % 50)).Port.Dispose();
        }, Token);
        for (int i = 2; i < 5000; i++)
        {
            a.Send(b.Address, i & 0x7f);
            Assert.Equal(i & 0x7f, b.Receive());
        }

        await stop.CancelAsync();
        await churn;
        Assert.Equal(2, _hub.Ports.Count);
    }

    private Station Add(int number, HubPortOptions? options = null, int capacity = 1024)
    {
        (MemoryPacketQueue station, MemoryPacketQueue port) = MemoryPacketQueue.CreatePair(DeviceLayer.Frame, capacity);
        return new(station, _hub.Add(port, options), $"02:00:00:00:00:{number:x2}");
    }

    private sealed record Station(MemoryPacketQueue Queue, HubPort Port, string Address)
    {
        private const int MarkOffset = 14;

        internal void Send(string to, int mark, string? from = null, GsoInfo gso = default)
        {
            byte[] frame = new byte[60];
            EthernetView.Write(frame, MacAddress.Parse(to), MacAddress.Parse(from ?? Address), (EtherType)0x88b5);
            frame[MarkOffset] = (byte)mark;
            Queue.Write(frame, gso);
        }

        /// <summary>The mark of the next frame that comes.</summary>
        internal int Receive()
        {
            using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
            patience.CancelAfter(Generous.Patience);
            byte[] frame = new byte[100];
            Queue.Read(frame, out _, patience.Token);
            return frame[MarkOffset];
        }
    }
}
