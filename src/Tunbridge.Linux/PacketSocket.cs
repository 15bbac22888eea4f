// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

/// <summary>A look at everything that passes an interface, both ways (packet(7)), without taking part.</summary>
/// <remarks>One reader at a time; <see cref="Wake"/> may be called from any thread.</remarks>
public sealed unsafe class PacketSocket : IDisposable
{
    private const int ControlSize = 64;

    private readonly FileDescriptor _descriptor;
    private readonly EventFd _wake = new();

    private PacketSocket(FileDescriptor descriptor) => _descriptor = descriptor;

    /// <summary>Starts to listen on an interface of the calling thread's network namespace.</summary>
    /// <param name="interfaceIndex">The interface.</param>
    /// <exception cref="LinuxException">EPERM without CAP_NET_RAW; ENODEV when there is no such interface.</exception>
    public static PacketSocket Open(int interfaceIndex)
    {
        Libc.AssertPlatform();
        ushort all = BitConverter.IsLittleEndian
            ? BinaryPrimitives.ReverseEndianness(Libc.ETH_P_ALL)
            : Libc.ETH_P_ALL;
        // Protocol 0 hears nothing until bind names the interface, so nothing of others slips in.
        int fd = Libc.socket(Libc.AF_PACKET, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK, 0);
        if (fd < 0)
        {
            throw new LinuxException(
                Libc.LastErrno, "socket", "AF_PACKET", null, "Looking at packets needs CAP_NET_RAW: run as root.");
        }

        FileDescriptor descriptor = new(fd);
        int on = 1, buffer = 4 << 20;
        // Refused where the limit is lower: the kernel's default buffer then serves.
        _ = Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_RCVBUFFORCE, &buffer, sizeof(int));
        Libc.sockaddr_ll address = new()
        {
            sll_family = Libc.AF_PACKET,
            sll_protocol = all,
            sll_ifindex = interfaceIndex,
        };
        if (Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_TIMESTAMPNS, &on, sizeof(int)) != 0 ||
            Libc.bind(fd, &address, (uint)sizeof(Libc.sockaddr_ll)) != 0)
        {
            Errno errno = Libc.LastErrno;
            descriptor.Dispose();
            throw new LinuxException(errno, "bind", $"interface {interfaceIndex}");
        }

        return new PacketSocket(descriptor);
    }

    /// <summary>Waits for a packet.</summary>
    /// <returns>Ready, or Woken after <see cref="Wake"/>.</returns>
    /// <param name="timeoutMilliseconds">How long to wait; -1 for ever.</param>
    public WaitOutcome Wait(int timeoutMilliseconds = -1) =>
        Readiness.WaitReadable(_descriptor, _wake, null, timeoutMilliseconds);

    /// <summary>Ends the present and every later wait.</summary>
    public void Wake() => _wake.Set();

    /// <summary>Takes a packet if one waits.</summary>
    /// <param name="buffer">Where it goes; what does not fit is lost.</param>
    /// <param name="packet">Its real length, direction and time.</param>
    /// <returns>
    /// EAGAIN when none waits; ENETDOWN when the interface went down, which later packets may follow.
    /// </returns>
    public Errno TryRead(Span<byte> buffer, out ObservedPacket packet)
    {
        packet = default;
        byte* control = stackalloc byte[ControlSize];
        using FileDescriptor.Borrow borrow = new(_descriptor);
        fixed (byte* p = buffer)
        {
            Libc.sockaddr_ll address = default;
            Libc.iovec vector = new() { iov_base = p, iov_len = (nuint)buffer.Length };
            Libc.msghdr message = new()
            {
                msg_name = &address,
                msg_namelen = (uint)sizeof(Libc.sockaddr_ll),
                msg_iov = &vector,
                msg_iovlen = 1,
                msg_control = control,
                msg_controllen = ControlSize,
            };
            nint n;
            while ((n = Libc.recvmsg(borrow.Number, &message, Libc.MSG_TRUNC)) < 0)
            {
                Errno errno = Libc.LastErrno;
                if (errno != Errno.EINTR)
                    return errno;
                message.msg_controllen = ControlSize;
            }

            packet = new()
            {
                Length = (int)n,
                IsOutbound = address.sll_pkttype == Libc.PACKET_OUTGOING,
                UnixNanoseconds = Timestamp(new ReadOnlySpan<byte>(control, (int)message.msg_controllen)),
            };
            return Errno.None;
        }
    }

    /// <summary>How many packets came since the last call, and how many of them were lost for want of room.</summary>
    /// <param name="packets">Packets, lost ones included.</param>
    /// <param name="dropped">Lost ones.</param>
    public void ReadStatistics(out uint packets, out uint dropped)
    {
        uint* statistics = stackalloc uint[2];
        uint length = 2 * sizeof(uint);
        using FileDescriptor.Borrow borrow = new(_descriptor);
        if (Libc.getsockopt(borrow.Number, Libc.SOL_PACKET, Libc.PACKET_STATISTICS, statistics, &length) != 0)
            throw new LinuxException(Libc.LastErrno, "getsockopt", "PACKET_STATISTICS");
        packets = statistics[0];
        dropped = statistics[1];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _descriptor.Dispose();
        _wake.Dispose();
    }

    // struct cmsghdr { size_t len; int level; int type; } then struct timespec { long seconds; long nanoseconds; }.
    private static long Timestamp(ReadOnlySpan<byte> control)
    {
        const int HeaderSize = 16;
        if (control.Length < HeaderSize + 16 || MemoryMarshal.Read<int>(control[8..]) != Libc.SOL_SOCKET ||
            MemoryMarshal.Read<int>(control[12..]) != Libc.SO_TIMESTAMPNS)
            return 0;
        return (MemoryMarshal.Read<long>(control[HeaderSize..]) * 1_000_000_000) +
            MemoryMarshal.Read<long>(control[(HeaderSize + 8)..]);
    }
}
