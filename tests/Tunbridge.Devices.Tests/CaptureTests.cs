// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Tunbridge.Packets;
using Tunbridge.Packets.Capture;
using Tunbridge.Testing;

namespace Tunbridge.Devices.Tests;

/// <summary>Captures as tcpdump reads them.</summary>
public sealed class CaptureTests : DeviceTest
{
    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
    }

    private sealed class FullDisk : MemoryStream
    {
        internal bool IsFull { get; set; }

        internal bool IsFile { get; init; }

        internal bool IsClosed { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (IsFull)
                throw new IOException("No space left on device");
            base.Write(buffer);
        }

        // As a file does: what its buffer holds is tried again when it is closed.
        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            IsClosed = true;
            if (IsFull && IsFile)
                throw new IOException("No space left on device");
        }
    }

    /// <summary>Fails as a file does, which keeps what it could not write; only when it is told to.</summary>
    private sealed class SlowlyFailing : MemoryStream
    {
        private bool _fails;

        internal ManualResetEventSlim IsWriting { get; } = new();

        internal ManualResetEventSlim MayFail { get; } = new();

        internal void BeginToFail() => _fails = true;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (!_fails)
            {
                base.Write(buffer);
                return;
            }

            IsWriting.Set();
            MayFail.Wait();
            throw new IOException("Broken pipe");
        }

        public override void Flush()
        {
            if (_fails)
                throw new IOException("Broken pipe");
        }
    }

    [Fact]
    public async Task Capture_BothDirections_TcpdumpReadsThem()
    {
        RealTool.Require("tcpdump");
        RealRoot.Require(); // tcpdump gives root up, which it cannot in a user namespace
        using TemporaryFolder folder = new("capture");
        string path = folder.At("t0.pcapng");
        using TunDevice tun = UpTun(new() { VirtioHeader = true });
        using (PacketCapture capture = new(File.Create(path), new FixedTime()))
        {
            CapturingQueue queue = capture.Wrap(tun.Queues[0], "t0");
            byte[] buffer = new byte[2000];
            PacketBatch batch = new();
            Send(1, 2, 3, 4);
            Assert.Equal(29, queue.Read(buffer, out _, Token));
            Assert.True(queue.TryRead(buffer, out _, out _));
            Assert.Equal(29, await queue.ReadAsync(buffer, Token));
            Assert.Equal(1, queue.Read(batch, Token));
            queue.Write(Samples.Udp("10.9.0.2", "10.9.0.1", 53, "one"u8));
            Assert.Equal(PacketWriteStatus.Written, queue.TryWrite(Samples.Udp("10.9.0.2", "10.9.0.1", 53, "two"u8)));
            batch.Clear();
            batch.TryAdd(Samples.Udp("10.9.0.2", "10.9.0.1", 53, "three"u8));
            batch.TryAdd([0]); // refused, so not in the capture
            Assert.Equal(1, queue.Write(batch));
            Assert.Equal(7, capture.Count);
            Assert.Null(capture.Error);
        }

        CommandResult result = CommandResult.Of("tcpdump", "-nn", "-r", path);
        string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(7, lines.Length);
        Assert.All(lines, l => Assert.Contains("04:05.678", l, StringComparison.Ordinal));
        Assert.Equal(4, lines.Count(l => l.Contains("> 10.9.0.2.9: UDP, length 1", StringComparison.Ordinal)));
        Assert.Equal(3, lines.Count(l => l.Contains("10.9.0.2.53 > 10.9.0.1.53", StringComparison.Ordinal)));
    }

    [Fact]
    public void Capture_StreamFails_TrafficGoesOn()
    {
        FullDisk disk = new();
        using PacketCapture capture = new(disk);
        (MemoryPacketQueue left, MemoryPacketQueue right) = MemoryPacketQueue.CreatePair(DeviceLayer.Packet);
        using (right)
        using (CapturingQueue queue = capture.Wrap(left, "pair"))
        {
            queue.Write(Samples.IPv4());
            disk.IsFull = true;
            queue.Write(Samples.IPv4());
            Assert.Equal(2, right.TryRead(new PacketBatch()));
            Assert.Equal(1, capture.Count);
            Assert.IsType<IOException>(capture.Error);
        }
    }

    [Fact]
    public void Tap_StreamThatFailsWhenClosed_TellsByItsError()
    {
        FullDisk disk = new() { IsFile = true };
        List<Exception> told = [];
        PacketTap tap = new(disk, failed: told.Add);
        int number = tap.AddInterface(DeviceLayer.Packet, "t0");
        disk.IsFull = true;
        Assert.True(tap.TryAdd(number, Samples.IPv4(), PacketDirection.Outbound));
        tap.Dispose();
        Assert.Equal(0, tap.Written);
        Assert.IsType<IOException>(tap.Error);
        tap.Dispose();
        Assert.Same(tap.Error, Assert.Single(told));
    }

    [Fact]
    public void Tap_StreamThatFails_IsToldAtOnce()
    {
        FullDisk disk = new();
        using BlockingCollection<Exception> told = [];
        using PacketTap tap = new(disk, failed: told.Add);
        int number = tap.AddInterface(DeviceLayer.Packet, "t0");
        disk.IsFull = true;
        Assert.True(tap.TryAdd(number, Samples.IPv4(), PacketDirection.Outbound));
        Assert.Same(told.Take(TestContext.Current.CancellationToken), tap.Error);
        Assert.False(tap.TryAdd(number, Samples.IPv4(), PacketDirection.Outbound));
    }

    [Fact]
    public void Tap_PacketsThatComeWhileTheStreamFails_AreNotAReasonToTellItAgain()
    {
        SlowlyFailing stream = new();
        List<Exception> told = [];
        using (PacketTap tap = new(stream, failed: told.Add))
        {
            int number = tap.AddInterface(DeviceLayer.Packet, "t0");
            stream.BeginToFail();
            Assert.True(tap.TryAdd(number, Samples.IPv4(), PacketDirection.Outbound));
            stream.IsWriting.Wait(TestContext.Current.CancellationToken);
            Assert.True(tap.TryAdd(number, Samples.IPv4(), PacketDirection.Outbound));
            stream.MayFail.Set();
        }

        Assert.Single(told);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Tap_HeaderThatCannotBeWritten_ClosesItsStream(bool isFile, bool leaveOpen)
    {
        FullDisk disk = new() { IsFull = true, IsFile = isFile };
        Assert.Throws<IOException>(() => new PacketTap(disk, leaveOpen: leaveOpen));
        Assert.Equal(leaveOpen, !disk.IsClosed);
    }
}
