// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

/// <summary>A NETLINK_ROUTE socket in the network namespace of the thread that opens it.</summary>
/// <remarks>
/// Extended acknowledgements (error texts) and capped acknowledgements are on, and requests are checked strictly, so
/// that a filter the kernel does not know is an error and not a full dump. Not thread-safe: one exchange at a time.
/// </remarks>
public sealed class NetlinkSocket : IDisposable
{
    private readonly FileDescriptor _descriptor;

    private NetlinkSocket(FileDescriptor descriptor, uint portId)
    {
        _descriptor = descriptor;
        PortId = portId;
    }

    /// <summary>The address the kernel gave this socket; replies carry it.</summary>
    public uint PortId { get; }

    /// <summary>The descriptor, for waits together with others; readable when a datagram or an error waits.</summary>
    public FileDescriptor Descriptor => _descriptor;

    /// <summary>Opens a socket.</summary>
    /// <param name="groups">
    /// Numbers of the multicast groups to join (RTNLGRP_*), for events; empty for requests.
    /// </param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static unsafe NetlinkSocket Open(params ReadOnlySpan<int> groups)
    {
        Libc.AssertPlatform();
        int fd = Libc.socket(
            Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK, Libc.NETLINK_ROUTE);
        if (fd < 0)
            throw new LinuxException(Libc.LastErrno, "socket", "NETLINK_ROUTE");
        FileDescriptor descriptor = new(fd);
        try
        {
            SetOption(fd, Libc.SOL_NETLINK, Libc.NETLINK_EXT_ACK, 1);
            SetOption(fd, Libc.SOL_NETLINK, Libc.NETLINK_CAP_ACK, 1);
            SetOption(fd, Libc.SOL_NETLINK, Libc.NETLINK_GET_STRICT_CHK, 1);
            // A burst of events, or a dump of a thousand cards, must fit; the forced form wants CAP_NET_ADMIN.
            const int ReceiveBuffer = 4 << 20;
            if (TrySetOption(fd, Libc.SOL_SOCKET, Libc.SO_RCVBUFFORCE, ReceiveBuffer) != Errno.None)
                _ = TrySetOption(fd, Libc.SOL_SOCKET, Libc.SO_RCVBUF, ReceiveBuffer);
            Libc.sockaddr_nl address = new() { nl_family = Libc.AF_NETLINK };
            uint length = (uint)sizeof(Libc.sockaddr_nl);
            if (Libc.bind(fd, &address, length) < 0 || Libc.getsockname(fd, &address, &length) < 0)
                throw new LinuxException(Libc.LastErrno, "bind", "NETLINK_ROUTE");
            foreach (int group in groups)
                SetOption(fd, Libc.SOL_NETLINK, Libc.NETLINK_ADD_MEMBERSHIP, group);
            return new NetlinkSocket(descriptor, address.nl_pid);
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    /// <summary>Sends one or more whole netlink messages.</summary>
    /// <param name="messages">The messages, each aligned to 4 bytes.</param>
    /// <exception cref="LinuxException">The kernel refused them before looking at them.</exception>
    public unsafe void Send(ReadOnlySpan<byte> messages)
    {
        using FileDescriptor.Borrow borrow = new(_descriptor);
        fixed (byte* p = messages)
        {
            while (Libc.send(borrow.Number, p, (nuint)messages.Length, 0) < 0)
            {
                Errno errno = Libc.LastErrno;
                if (errno != Errno.EINTR)
                    throw new LinuxException(errno, "send", "NETLINK_ROUTE");
            }
        }
    }

    /// <summary>Receives one datagram if one waits.</summary>
    /// <param name="buffer">Where it goes.</param>
    /// <param name="length">
    /// Its real length; greater than the buffer means that it was cut, and is lost unless <paramref name="peek"/>.
    /// </param>
    /// <param name="peek">Whether it stays in the queue.</param>
    /// <returns>EAGAIN when nothing waits, ENOBUFS when events were lost.</returns>
    public unsafe Errno TryReceive(Span<byte> buffer, out int length, bool peek = false)
    {
        using FileDescriptor.Borrow borrow = new(_descriptor);
        int flags = Libc.MSG_TRUNC | Libc.MSG_DONTWAIT | (peek ? Libc.MSG_PEEK : 0);
        fixed (byte* p = buffer)
        {
            while (true)
            {
                nint n = Libc.recv(borrow.Number, p, (nuint)buffer.Length, flags);
                length = (int)Math.Max(0, n);
                if (n >= 0)
                    return Errno.None;
                Errno errno = Libc.LastErrno;
                if (errno != Errno.EINTR)
                    return errno;
            }
        }
    }

    /// <summary>Waits until a datagram is there or an event is set.</summary>
    /// <param name="wake">Ends the wait.</param>
    /// <param name="timeoutMilliseconds">How long to wait; -1 for ever.</param>
    public WaitOutcome Wait(EventFd wake, int timeoutMilliseconds = -1) =>
        Readiness.WaitReadable(_descriptor, wake, null, timeoutMilliseconds);

    /// <summary>Waits until a datagram is there.</summary>
    /// <exception cref="LinuxException">The kernel refused the wait.</exception>
    public unsafe void Wait()
    {
        using FileDescriptor.Borrow borrow = new(_descriptor);
        Libc.pollfd fd = new() { fd = borrow.Number, events = Libc.POLLIN };
        while (Libc.poll(&fd, 1, -1) < 0)
        {
            Errno errno = Libc.LastErrno;
            if (errno != Errno.EINTR)
                throw new LinuxException(errno, "poll", "NETLINK_ROUTE");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _descriptor.Dispose();

    private static void SetOption(int fd, int level, int name, int value)
    {
        Errno errno = TrySetOption(fd, level, name, value);
        if (errno != Errno.None)
            throw new LinuxException(errno, "setsockopt", $"NETLINK_ROUTE option {name}");
    }

    private static unsafe Errno TrySetOption(int fd, int level, int name, int value) =>
        Libc.setsockopt(fd, level, name, &value, sizeof(int)) == 0 ? Errno.None : Libc.LastErrno;
}
