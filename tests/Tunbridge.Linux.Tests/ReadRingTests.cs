// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;

namespace Tunbridge.Linux.Tests;

/// <summary>Groups of reads of a UDP socket, which keeps the borders of what is sent.</summary>
public sealed class ReadRingTests : IDisposable
{
    private const int Largest = 100;

    private readonly Socket _receiver = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Socket _sender = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly FileDescriptor _descriptor;

    public ReadRingTests()
    {
        _receiver.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _sender.Connect(_receiver.LocalEndPoint!);
        _descriptor = new FileDescriptor((int)_receiver.Handle, ownsHandle: false);
    }

    public void Dispose()
    {
        _receiver.Dispose();
        _sender.Dispose();
    }

    [Fact]
    public void Read_LessThanAskedFor_HoldsWhatCameInOrderAndSaysThatNothingWaits()
    {
        using ReadRing ring = Open();
        for (byte round = 0; round < 100; round++)
        {
            int count = round % 20;
            Send(round, count);
            Assert.Equal(Errno.EAGAIN, ring.Read(count + 1 + (round % 7)));
            Assert.Equal(count, ring.Held);
            Take(ring, round, count);
        }
    }

    [Fact]
    public void Read_AllThatIsAskedFor_SaysSoAndLeavesTheRest()
    {
        using ReadRing ring = Open();
        Send(0, ReadRing.Depth + 5);
        Assert.Equal(Errno.None, ring.Read(ReadRing.Depth));
        Assert.Equal(ReadRing.Depth, ring.Held);
        Take(ring, 0, ReadRing.Depth);
        Assert.Equal(Errno.None, ring.Read(3));
        Take(ring, ReadRing.Depth, 3);
        Assert.Equal(Errno.EAGAIN, ring.Read(3));
        Take(ring, ReadRing.Depth + 3, 2);
    }

    [Fact]
    public void Read_LongerThanTheSlot_IsCutAndSpoilsNoOther()
    {
        using ReadRing ring = Open();
        byte[] large = new byte[Largest + 50];
        large.AsSpan().Fill(7);
        _sender.Send(large);
        Send(1, 1);
        Assert.Equal(Errno.EAGAIN, ring.Read(4));
        Assert.Equal(large[..Largest], ring.Take().ToArray());
        Take(ring, 1, 1);
    }

    [Fact]
    public void Read_OnOtherThreads_IsTheSame()
    {
        using ReadRing ring = Open();
        for (int i = 0; i < 20; i++)
        {
            Send(i, 1);
            Errno errno = Errno.None;
            Thread thread = new(() => errno = ring.Read(2));
            thread.Start();
            thread.Join();
            Assert.Equal(Errno.EAGAIN, errno);
            Take(ring, i, 1);
        }
    }

    [Fact]
    public void Misuse_IsToldToTheCaller()
    {
        ReadRing ring = Open();
        Assert.Throws<ArgumentOutOfRangeException>(() => ring.Read(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ring.Read(ReadRing.Depth + 1));
        Assert.Throws<InvalidOperationException>(() => ring.Take().Length);
        Send(0, 2);
        ring.Read(2);
        Assert.Throws<InvalidOperationException>(() => ring.Read(1));
        ring.Dispose();
        ring.Dispose();
        Assert.Equal(0, ring.Held);
        Assert.Throws<InvalidOperationException>(() => ring.Take().Length);
        Assert.Throws<ObjectDisposedException>(() => ring.Read(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ReadRing.TryOpen(_descriptor, 0, out _));
    }

    [Fact]
    public void Read_OfAFileThatCannotButWait_SaysSo()
    {
        // A terminal has no reads that do not wait (FMODE_NOWAIT), as cards have none before Linux 6.4.
        using FileDescriptor terminal = FileDescriptor.Open("/dev/ptmx", OpenMode.ReadWrite | OpenMode.NonBlocking);
        using ReadRing ring = ReadRing.TryOpen(terminal, Largest, out Errno errno) ?? Skip(errno);
        Assert.Equal(Errno.EOPNOTSUPP, ring.Read(8));
        Assert.Equal(0, ring.Held);
    }

    [Fact]
    public void Dispose_GivesTheFileBackAtOnce()
    {
        EndPoint address = _receiver.LocalEndPoint!;
        ReadRing ring = Open();
        _receiver.Dispose();
        using (Socket other = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp))
            Assert.Equal(SocketError.AddressAlreadyInUse, Assert.Throws<SocketException>(() => other.Bind(address)).SocketErrorCode);
        ring.Dispose();
        using (Socket other = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp))
            other.Bind(address);
    }

    [Fact]
    public void TryOpen_ClosedDescriptor_SaysSo()
    {
        EventFd gone = new();
        gone.Dispose();
        Assert.Throws<ObjectDisposedException>(() => ReadRing.TryOpen(gone.Descriptor, Largest, out _));
    }

    private ReadRing Open() => ReadRing.TryOpen(_descriptor, Largest, out Errno errno) ?? Skip(errno);

    private static ReadRing Skip(Errno errno)
    {
        Assert.Skip($"io_uring is refused here: {errno}");
        return null!;
    }

    private void Send(int first, int count)
    {
        for (int i = 0; i < count; i++)
            _sender.Send([(byte)(first + i), .. new byte[(first + i) % 50]]);
    }

    private static void Take(ReadRing ring, int first, int count)
    {
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> bytes = ring.Take();
            Assert.Equal((byte)(first + i), bytes[0]);
            Assert.Equal(1 + ((first + i) % 50), bytes.Length);
        }

        Assert.Equal(0, ring.Held);
    }
}
