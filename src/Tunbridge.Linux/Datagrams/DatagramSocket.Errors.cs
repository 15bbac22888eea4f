// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

public sealed unsafe partial class DatagramSocket
{
    private const int KeptErrors = 32;
    private const int ErrorControlSize = 256;

    private readonly Lock _errorLock = new();
    private readonly Queue<DatagramError> _errors = new(KeptErrors); // under _errorLock

    /// <summary>Takes a report that an earlier datagram failed, the oldest first (MSG_ERRQUEUE).</summary>
    /// <param name="error">The report.</param>
    /// <returns>
    /// False when there is none; always without <see cref="DatagramSocketOptions.ReceiveErrors"/>.
    /// </returns>
    /// <exception cref="ObjectDisposedException">The socket was closed.</exception>
    public bool TryReadError(out DatagramError error)
    {
        lock (_errorLock)
        {
            if (_errors.TryDequeue(out error))
                return true;
            using FileDescriptor.Borrow borrow = new(Descriptor);
            return TryTakeError(borrow.Number, out error);
        }
    }

    /// <summary>
    /// Moves the kernel's reports to where <see cref="TryReadError"/> finds them: left in the kernel, they would end every wait at once.
    /// For whoever waits by other means than <see cref="Receive"/>, after <see cref="TryReceive"/> has given nothing.
    /// </summary>
    /// <returns>Whether there were any; never without <see cref="DatagramSocketOptions.ReceiveErrors"/>.</returns>
    /// <exception cref="ObjectDisposedException">The socket was closed.</exception>
    public bool CollectErrors()
    {
        if (!_keepsErrors)
            return false;
        bool taken = false;
        lock (_errorLock)
        {
            using FileDescriptor.Borrow borrow = new(Descriptor);
            while (TryTakeError(borrow.Number, out DatagramError error))
            {
                if (_errors.Count == KeptErrors)
                {
                    _errors.Dequeue();
                    Counters.AddLostReport();
                }

                _errors.Enqueue(error);
                taken = true;
            }
        }

        return taken;
    }

    // The failed datagram comes back as data, which nobody here needs: no buffer is given for it.
    private static bool TryTakeError(int fd, out DatagramError error)
    {
        error = default;
        byte* address = stackalloc byte[sizeof(Libc.sockaddr_in6)];
        byte* control = stackalloc byte[ErrorControlSize];
        while (true)
        {
            Libc.msghdr message = new()
            {
                msg_name = address,
                msg_namelen = (uint)sizeof(Libc.sockaddr_in6),
                msg_control = control,
                msg_controllen = ErrorControlSize,
            };
            if (Libc.recvmsg(fd, &message, Libc.MSG_ERRQUEUE | Libc.MSG_DONTWAIT) < 0)
            {
                Errno errno = Libc.LastErrno;
                if (errno == Errno.EINTR)
                    continue;
                return errno == Errno.EAGAIN ? false : throw new LinuxException(errno, "recvmsg", "MSG_ERRQUEUE");
            }

            DatagramAddress remote = DatagramAddress.Read(address, message.msg_namelen);
            foreach (ControlMessage part in new ControlMessages(message))
            {
                if (part is { Level: Libc.SOL_IP, Type: Libc.IP_RECVERR } or { Level: Libc.SOL_IPV6, Type: Libc.IPV6_RECVERR } &&
                    part.Length >= sizeof(Libc.sock_extended_err))
                {
                    error = Describe(part, remote);
                    return true;
                }
            }

            // Something else was queued, such as a timestamp that others asked for on this descriptor: the next.
        }
    }

    // struct sock_extended_err, then the address of who reports (SO_EE_OFFENDER).
    private static DatagramError Describe(in ControlMessage part, DatagramAddress remote)
    {
        Libc.sock_extended_err* reported = (Libc.sock_extended_err*)part.Data;
        Errno errno = (Errno)reported->ee_errno;
        return new()
        {
            Remote = remote,
            Errno = errno,
            Origin = (DatagramErrorOrigin)reported->ee_origin,
            IcmpType = reported->ee_type,
            IcmpCode = reported->ee_code,
            PathMtu = errno == Errno.EMSGSIZE ? (int)reported->ee_info : 0,
            Reporter = DatagramAddress.Read(
                part.Data + sizeof(Libc.sock_extended_err), (uint)(part.Length - sizeof(Libc.sock_extended_err))),
        };
    }
}
