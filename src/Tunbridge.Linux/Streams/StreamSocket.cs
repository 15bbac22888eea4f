// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

/// <summary>A TCP socket that never waits: listening, connecting or connected.</summary>
/// <remarks>
/// Every call answers at once, with <see cref="Errno.EAGAIN"/> where there is nothing to be had; a <see cref="StreamPoller"/> says
/// when to ask again. Thread-safe. Nothing allocates but accepting, and nothing throws for what the network does.
/// </remarks>
public sealed unsafe partial class StreamSocket : IDisposable
{
    private readonly bool _isIPv6;

    private StreamSocket(FileDescriptor descriptor, bool isIPv6)
    {
        Descriptor = descriptor;
        _isIPv6 = isIPv6;
    }

    /// <summary>The descriptor, for a <see cref="StreamPoller"/> and for options this class has no name for.</summary>
    public FileDescriptor Descriptor { get; }

    /// <summary>The other end; none for a listening socket.</summary>
    public DatagramAddress RemoteAddress { get; private init; }

    /// <summary>The address and port of this end.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public DatagramAddress LocalAddress => DatagramAddress.OfSocket(Descriptor, "TCP socket");

    /// <summary>Takes one of the connections that wait at a listening socket.</summary>
    /// <param name="connection">The connection; the caller disposes it.</param>
    /// <returns>
    /// <see cref="Errno.None"/> with a connection; EAGAIN when none waits; EMFILE and the like when there is no room for it here, and
    /// it waits on; anything else when that connection is gone.
    /// </returns>
    public Errno TryAccept(out StreamSocket? connection)
    {
        connection = null;
        byte* address = stackalloc byte[sizeof(Libc.sockaddr_in6)];
        uint length = (uint)sizeof(Libc.sockaddr_in6);
        using FileDescriptor.Borrow borrow = new(Descriptor);
        while (true)
        {
            int fd = Libc.accept4(borrow.Number, address, &length, Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK);
            if (fd >= 0)
            {
                connection = new StreamSocket(new FileDescriptor(fd), _isIPv6) { RemoteAddress = DatagramAddress.Read(address, length) };
                return Errno.None;
            }

            Errno errno = Libc.LastErrno;
            if (errno != Errno.EINTR)
                return errno;
        }
    }

    /// <summary>What became of connecting, once the socket is writable (SO_ERROR).</summary>
    /// <returns><see cref="Errno.None"/> when it is connected.</returns>
    public Errno FinishConnect()
    {
        int value = 0;
        uint length = sizeof(int);
        using FileDescriptor.Borrow borrow = new(Descriptor);
        return Libc.getsockopt(borrow.Number, Libc.SOL_SOCKET, Libc.SO_ERROR, &value, &length) == 0 ? (Errno)value : Libc.LastErrno;
    }

    /// <summary>Takes bytes that wait.</summary>
    /// <param name="buffer">Where to; not empty.</param>
    /// <param name="count">How many came; 0 without an error when the other end has closed.</param>
    /// <returns>EAGAIN when none wait; another error when the connection is gone.</returns>
    public Errno TryReceive(Span<byte> buffer, out int count)
    {
        using FileDescriptor.Borrow borrow = new(Descriptor);
        fixed (byte* p = buffer)
        {
            while (true)
            {
                nint n = Libc.recv(borrow.Number, p, (nuint)buffer.Length, Libc.MSG_DONTWAIT);
                if (n >= 0)
                {
                    count = (int)n;
                    return Errno.None;
                }

                Errno errno = Libc.LastErrno;
                if (errno == Errno.EINTR)
                    continue;
                count = 0;
                return errno;
            }
        }
    }

    /// <summary>Gives bytes to the kernel, as many as it has room for.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="count">How many were taken.</param>
    /// <returns>EAGAIN when there is no room; another error when the connection is gone.</returns>
    public Errno TrySend(ReadOnlySpan<byte> bytes, out int count)
    {
        using FileDescriptor.Borrow borrow = new(Descriptor);
        fixed (byte* p = bytes)
        {
            while (true)
            {
                nint n = Libc.send(borrow.Number, p, (nuint)bytes.Length, Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL);
                if (n >= 0)
                {
                    count = (int)n;
                    return Errno.None;
                }

                Errno errno = Libc.LastErrno;
                if (errno == Errno.EINTR)
                    continue;
                count = 0;
                return errno;
            }
        }
    }

    /// <summary>Ends the connection both ways; what the kernel holds is still sent, and a poller says that it has ended.</summary>
    public void Shutdown()
    {
        using FileDescriptor.Borrow borrow = new(Descriptor);
        // Refused only when there is no connection any more, which is what is wanted.
        _ = Libc.shutdown(borrow.Number, Libc.SHUT_RDWR);
    }

    /// <inheritdoc/>
    public void Dispose() => Descriptor.Dispose();
}
