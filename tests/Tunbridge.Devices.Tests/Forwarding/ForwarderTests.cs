// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Tunbridge.Packets;
using Tunbridge.Packets.Capture;
using Tunbridge.Testing;

namespace Tunbridge.Devices.Tests.Forwarding;

/// <summary>What a forwarder refuses, records and leaves unallocated.</summary>
[Collection(AloneCollection.Name)]
public sealed class ForwarderTests : DeviceTest
{
    [Fact]
    public void UnlikeCards_AreRefused()
    {
        using TunDevice tun = Tun("n0");
        using TunDevice plain = Tun("n1");
        using TapDevice tap = Tap("p0");
        Assert.Contains("itself", Assert.Throws<ArgumentException>(() => new Forwarder(tun, tun)).Message, StringComparison.Ordinal);
        Assert.Contains("n1 is a TUN and p0 a TAP",
            Assert.Throws<ArgumentException>(() => new Forwarder(plain, tap)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TwoQueuesOfOneCard_AreRefused()
    {
        using TunDevice one = Tun("n0", new() { MultiQueue = true });
        using TunDevice other = TunDevice.Attach("n0", new() { MultiQueue = true, Namespace = Ns.Namespace });
        Assert.Throws<ArgumentException>(() => new Forwarder(one, other));
        // What was refused stays the caller's, and open.
        Assert.Equal("n0", one.GetInterface().Name);
    }

    [Fact]
    public void Run_Twice_IsRefusedAndDisposeEndsIt()
    {
        using TunDevice a = Tun("n0"), b = Tun("n1");
        Forwarder forwarder = new(a, b);
        BlockedThread one = new(() => forwarder.Run(CancellationToken.None)), other = new(() => forwarder.Run(CancellationToken.None));
        // Whichever comes second is refused.
        Assert.True(SpinWait.SpinUntil(() => one.Error is not null || other.Error is not null, JoinedNamespaces.Patience));
        forwarder.Dispose();
        Exception? refused = Assert.Single(((Exception?[])[one.Join(), other.Join()]), e => e is not null);
        Assert.IsType<InvalidOperationException>(refused);
        forwarder.Dispose();
        Assert.False(Exists("n0"));
    }

    [Fact]
    public void PassingPackets_AllocatesNothing()
    {
        using JoinedNamespaces joined = new(DeviceLayer.Packet);
        using Socket receiver = JoinedNamespaces.Udp(joined.B, new IPEndPoint(IPAddress.Parse("10.7.0.2"), 7000));
        using Socket sender = JoinedNamespaces.Udp(joined.A, null);
        SocketAddress target = receiver.LocalEndPoint!.Serialize();
        byte[] datagram = new byte[200], buffer = new byte[1000];
        joined.AssertConnected();
        Exchange(2000);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        const int Rounds = 4000;
        Exchange(Rounds);
        // The smallest object has 24 bytes; what the test framework does beside is spread over all rounds.
        Assert.InRange((GC.GetTotalAllocatedBytes(precise: true) - before) / Rounds, 0, 20);

        void Exchange(int rounds)
        {
            for (int i = 0; i < rounds; i++)
            {
                sender.SendTo(datagram, SocketFlags.None, target);
                receiver.Receive(buffer);
            }
        }
    }

    [Fact]
    public async Task Segmenting_AllocatesNothingThatGrowsWithTheTraffic()
    {
        using JoinedNamespaces joined = new(DeviceLayer.Packet, forwarder: new() { Mode = ForwardingMode.Segmented });
        await TcpTransfer.RunAsync(joined.A, joined.B, "10.7.0.2", 8 << 20, Token);
        long few = await Allocated(4 << 20);
        long many = await Allocated(64 << 20);
        // 60 MiB more are 42,000 segments; an object for each would be a megabyte.
        Assert.True(many - few < 400_000, $"{few} bytes for 4 MiB, {many} bytes for 64 MiB");

        async Task<long> Allocated(long bytes)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            await TcpTransfer.RunAsync(joined.A, joined.B, "10.7.0.2", bytes, Token);
            return GC.GetTotalAllocatedBytes(precise: true) - before;
        }
    }

    [Fact]
    public async Task Tap_RecordsBothDirectionsOnce()
    {
        RealTool.Require("tcpdump");
        RealRoot.Require();
        using TemporaryFolder folder = new("tap");
        string path = folder.At("both.pcapng");
        Forwarder forwarder;
        long packets;
        using (PacketTap tap = new(File.Create(path)))
        {
            using (JoinedNamespaces joined = new(DeviceLayer.Packet, forwarder: new() { Tap = tap }))
            {
                await TcpTransfer.RunAsync(joined.A, joined.B, "10.7.0.2", 2 << 20, Token);
                forwarder = joined.Forwarder;
            }

            tap.Dispose();
            // Counted when both directions have stopped: the last packet may come while they do.
            packets = forwarder.FirstToSecond.Packets + forwarder.SecondToFirst.Packets;
            Assert.Equal((packets, 0L), (tap.Written, tap.Dropped));
        }

        CommandResult read = CommandResult.Of("tcpdump", "-n", "-r", path);
        Assert.True(read.ExitCode == 0, read.Error);
        Assert.Equal(packets, read.Output.Count(c => c == '\n'));
        Assert.Contains("IP 10.7.0.1.", read.Output, StringComparison.Ordinal);
        Assert.Contains("IP 10.7.0.2.", read.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void PacketTap_StreamThatHangs_LosesPacketsAndKeepsNobodyWaiting()
    {
        using HangingStream stream = new();
        using PacketTap tap = new(stream, 1 << 20);
        int card = tap.AddInterface(DeviceLayer.Packet, "t0");
        stream.Hang();
        byte[] packet = new byte[10_000];
        int taken = 0;
        for (int i = 0; i < 500; i++)
            taken += tap.TryAdd(card, packet, PacketDirection.Outbound) ? 1 : 0;
        Assert.InRange(taken, 52, 156);
        Assert.Equal(500 - taken, tap.Dropped);
        stream.GoOn();
        tap.Dispose();
        Assert.Equal(taken, tap.Written);
        Assert.False(tap.TryAdd(card, packet, PacketDirection.Outbound));
        Assert.Null(tap.Error);
    }

    [Fact]
    public void PacketTap_StreamThatFails_EndsTheCaptureOnly()
    {
        using HangingStream stream = new();
        using PacketTap tap = new(stream, 1 << 20);
        int card = tap.AddInterface(DeviceLayer.Packet, "t0");
        stream.Fail();
        Assert.True(SpinWait.SpinUntil(
            () => !tap.TryAdd(card, new byte[100], PacketDirection.Inbound), JoinedNamespaces.Patience));
        Assert.IsType<IOException>(tap.Error);
        tap.Dispose();
    }

    private sealed class HangingStream : MemoryStream
    {
        private readonly ManualResetEventSlim _mayGoOn = new(true);
        private volatile bool _fails;

        internal void Hang() => _mayGoOn.Reset();

        internal void GoOn() => _mayGoOn.Set();

        internal void Fail() => _fails = true;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            _mayGoOn.Wait();
            if (_fails)
                throw new IOException("No space left on device");
            base.Write(buffer);
        }
    }
}
