// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

/// <summary>Sends datagrams, with a descriptor where wanted, to the Unix socket of a service manager (sd_notify(3)).</summary>
/// <remarks>Thread-safe: each message is one datagram. The address is that of <c>$NOTIFY_SOCKET</c>.</remarks>
public sealed class NotifySocket : IDisposable
{
    private readonly FileDescriptor _descriptor;
    private readonly byte[] _path;

    private NotifySocket(FileDescriptor descriptor, byte[] path)
    {
        _descriptor = descriptor;
        _path = path;
    }

    /// <summary>Opens a socket that sends to an address; nobody needs to listen there yet.</summary>
    /// <param name="address">A path, or <c>@</c> and a name in the abstract space.</param>
    /// <exception cref="ArgumentException">It is neither, or longer than the 107 bytes that an address has room for.</exception>
    /// <exception cref="LinuxException">The kernel refused the socket.</exception>
    public static NotifySocket Open(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        byte[] path = Encoding.UTF8.GetBytes(address);
        if (path.Length is < 2 or >= Libc.sockaddr_un.PathLength || path[0] is not ((byte)'/' or (byte)'@'))
            throw new ArgumentException($"'{address}' is no address of a Unix socket", nameof(address));
        if (path[0] == '@')
            path[0] = 0;
        Libc.AssertPlatform();
        int fd = Libc.socket(Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
        return fd >= 0 ? new(new FileDescriptor(fd), path) : throw new LinuxException(Libc.LastErrno, "socket", "AF_UNIX");
    }

    /// <summary>Sends one datagram.</summary>
    /// <param name="message">Its bytes, such as <c>READY=1</c>.</param>
    /// <param name="passed">A descriptor that the receiver gets a copy of (SCM_RIGHTS); null for none.</param>
    /// <returns>ENOENT or ECONNREFUSED when nobody listens.</returns>
    public unsafe Errno TrySend(ReadOnlySpan<byte> message, FileDescriptor? passed = null)
    {
        using FileDescriptor.Borrow borrow = new(_descriptor);
        using FileDescriptor.Borrow passedBorrow = passed is null ? default : new(passed);
        Libc.sockaddr_un address = new() { sun_family = Libc.AF_UNIX };
        _path.CopyTo(new Span<byte>(address.sun_path, Libc.sockaddr_un.PathLength));
        Libc.cmsg_rights rights = new()
        {
            cmsg_len = Libc.cmsg_rights.Length,
            cmsg_level = Libc.SOL_SOCKET,
            cmsg_type = Libc.SCM_RIGHTS,
            fd = passed is null ? -1 : passedBorrow.Number,
        };
        fixed (byte* bytes = message)
        {
            Libc.iovec vector = new() { iov_base = bytes, iov_len = (nuint)message.Length };
            Libc.msghdr header = new()
            {
                msg_name = &address,
                msg_namelen = (uint)(sizeof(ushort) + _path.Length),
                msg_iov = &vector,
                msg_iovlen = 1,
                msg_control = passed is null ? null : &rights,
                msg_controllen = passed is null ? 0 : (nuint)sizeof(Libc.cmsg_rights),
            };
            while (Libc.sendmsg(borrow.Number, &header, Libc.MSG_NOSIGNAL) < 0)
            {
                Errno errno = Libc.LastErrno;
                if (errno != Errno.EINTR)
                    return errno;
            }
        }

        return Errno.None;
    }

    /// <inheritdoc/>
    public void Dispose() => _descriptor.Dispose();
}
