// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

public sealed unsafe partial class StreamSocket
{
    private const int Backlog = 512;

    /// <summary>Begins to connect; the socket becomes writable when it is decided, see <see cref="FinishConnect"/>.</summary>
    /// <param name="options">Where to.</param>
    /// <returns>The socket.</returns>
    /// <exception cref="ArgumentException">There is no remote address.</exception>
    /// <exception cref="LinuxException">The kernel refused at once, such as ENETUNREACH.</exception>
    public static StreamSocket Connect(StreamSocketOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Remote.IsNone || options.Remote.Port == 0)
            throw new ArgumentException("A connection needs a remote address with a port.", nameof(options));
        return Open(options);
    }

    /// <summary>Listens for connections.</summary>
    /// <param name="options">Where.</param>
    /// <returns>The socket.</returns>
    /// <exception cref="ArgumentException">There is no local address, or a remote one.</exception>
    /// <exception cref="LinuxException">The kernel refused: EADDRINUSE, EADDRNOTAVAIL.</exception>
    public static StreamSocket Listen(StreamSocketOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Local.IsNone || !options.Remote.IsNone)
            throw new ArgumentException("A listening socket has a local address and no remote one.", nameof(options));
        return Open(options);
    }

    private static StreamSocket Open(StreamSocketOptions options)
    {
        Libc.AssertPlatform();
        return options.Namespace is NetworkNamespace home ? home.Run(() => OpenHere(options)) : OpenHere(options);
    }

    private static StreamSocket OpenHere(StreamSocketOptions options)
    {
        bool isIPv6 = (options.Remote.IsNone ? options.Local : options.Remote).IsIPv6;
        int fd = Libc.socket(
            isIPv6 ? Libc.AF_INET6 : Libc.AF_INET, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK, 0);
        if (fd < 0)
            throw new LinuxException(Libc.LastErrno, "socket", isIPv6 ? "AF_INET6" : "AF_INET");
        FileDescriptor descriptor = new(fd);
        try
        {
            SetOptions(fd, options, isIPv6);
            byte* address = stackalloc byte[sizeof(Libc.sockaddr_in6)];
            if (!options.Local.IsNone && Libc.bind(fd, address, options.Local.Write(address, isIPv6)) != 0)
                throw new LinuxException(Libc.LastErrno, "bind", options.Local.ToString());
            if (options.Remote.IsNone)
            {
                if (Libc.listen(fd, Backlog) != 0)
                    throw new LinuxException(Libc.LastErrno, "listen", options.Local.ToString());
            }
            else if (Libc.connect(fd, address, options.Remote.Write(address, isIPv6)) != 0 && Libc.LastErrno != Errno.EINPROGRESS)
            {
                throw new LinuxException(Libc.LastErrno, "connect", options.Remote.ToString());
            }

            return new StreamSocket(descriptor, isIPv6) { RemoteAddress = options.Remote };
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    private static void SetOptions(int fd, StreamSocketOptions options, bool isIPv6)
    {
        // A server that starts anew finds its port although connections of the earlier one are still dying.
        Set(fd, Libc.SOL_SOCKET, Libc.SO_REUSEADDR, 1, "SO_REUSEADDR");
        if (isIPv6)
            Set(fd, Libc.SOL_IPV6, Libc.IPV6_V6ONLY, options.IsDualStack ? 0 : 1, "IPV6_V6ONLY");
        if (options.NoDelay)
            Set(fd, Libc.IPPROTO_TCP, Libc.TCP_NODELAY, 1, "TCP_NODELAY");
        if (options.ReceiveBufferSize > 0)
            Set(fd, Libc.SOL_SOCKET, Libc.SO_RCVBUF, options.ReceiveBufferSize, "SO_RCVBUF");
        if (options.SendBufferSize > 0)
            Set(fd, Libc.SOL_SOCKET, Libc.SO_SNDBUF, options.SendBufferSize, "SO_SNDBUF");
        if (options.Mark is uint mark)
        {
            Set(fd, Libc.SOL_SOCKET, Libc.SO_MARK, (int)mark, "SO_MARK",
                "A mark needs CAP_NET_ADMIN: run as root, or give the service that capability.");
        }

        if (options.BoundDevice is not string device)
            return;
        InterfaceName.ThrowIfMistaken(device);
        byte[] name = Encoding.UTF8.GetBytes(device);
        fixed (byte* p = name)
        {
            if (Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_BINDTODEVICE, p, (uint)name.Length) != 0)
                throw new LinuxException(Libc.LastErrno, "setsockopt SO_BINDTODEVICE", device);
        }
    }

    private static void Set(int fd, int level, int name, int value, string text, string? hint = null)
    {
        if (Libc.setsockopt(fd, level, name, &value, sizeof(int)) == 0)
            return;
        Errno errno = Libc.LastErrno;
        throw new LinuxException(errno, "setsockopt", text, null, errno == Errno.EPERM ? hint : null);
    }
}
