// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

public sealed unsafe partial class DatagramSocket
{
    /// <summary>Sends a batch to its end and waits for room in the send buffer where there is none.</summary>
    /// <param name="batch">What to send; datagrams the kernel refuses are counted and passed over.</param>
    /// <param name="cancellationToken">Ends a wait; what was not sent stays in the batch.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The socket was closed.</exception>
    public void Send(DatagramSendBatch batch, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (!TrySend(batch))
            _waits.WaitWritable(Descriptor, cancellationToken);
    }

    /// <summary>Sends a batch as far as the send buffer has room.</summary>
    /// <param name="batch">What to send; datagrams the kernel refuses are counted and passed over.</param>
    /// <returns>
    /// False when the buffer is full: what is left stays in the batch, for another call or to be dropped by
    /// <see cref="DatagramSendBatch.Clear"/>.
    /// </returns>
    /// <exception cref="ObjectDisposedException">The socket was closed.</exception>
    public bool TrySend(DatagramSendBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using FileDescriptor.Borrow borrow = new(Descriptor);
        Errno late = Errno.None; // answered to the present first datagram, once
        Errno segmented = Errno.None; // answered to the present first message while it was whole
        while (true)
        {
            int count = batch.Fill(_segmentation, _isIPv6);
            if (count == 0)
                return true;
            int sent = batch.Send(borrow.Number, count);
            if (sent > 0)
            {
                if (late != Errno.None)
                    Counters.AddReport(Outcome(late));
                if (segmented != Errno.None && _segmentation.Refuse(batch.FirstRemote, batch.FirstSegmentSize, segmented))
                    Counters.AddFallback();
                late = segmented = Errno.None;
                batch.Done(sent, out long datagrams, out long bytes);
                Counters.AddSent(datagrams, bytes);
                continue;
            }

            Errno errno = Libc.LastErrno;
            switch (errno)
            {
                case Errno.EINTR:
                    break;
                case Errno.EAGAIN:
                    Counters.AddRefusal(DatagramOutcome.BufferFull);
                    return false;
                case Errno.EBADF or Errno.ENOTSOCK or Errno.EFAULT:
                    throw new LinuxException(errno, "sendmmsg", "UDP socket");
                case not (Errno.ENOBUFS or Errno.ENOMEM) when late == Errno.None:
                    // Perhaps the ICMP answer to an earlier datagram, of another peer even: asking takes it away.
                    late = errno;
                    break;
                case Errno.EIO or Errno.EINVAL or Errno.EMSGSIZE when batch.FirstIsSegmented:
                    if (late != errno)
                        Counters.AddReport(Outcome(late));
                    segmented = errno;
                    late = Errno.None;
                    batch.SendPlainly();
                    break;
                default:
                    late = segmented = Errno.None;
                    batch.Done(1, out long refused, out _);
                    Counters.AddRefusal(Outcome(errno), (int)refused);
                    break;
            }
        }
    }

    /// <summary>Sends one datagram at once, such as a control message.</summary>
    /// <param name="path">Where it goes.</param>
    /// <param name="datagram">Its bytes, anywhere.</param>
    /// <returns>What became of it; counted, too.</returns>
    /// <exception cref="ObjectDisposedException">The socket was closed.</exception>
    public DatagramOutcome TrySend(in DatagramPath path, ReadOnlySpan<byte> datagram)
    {
        byte* address = stackalloc byte[sizeof(Libc.sockaddr_in6)];
        byte* control = stackalloc byte[PathControl.MaximumSize];
        using FileDescriptor.Borrow borrow = new(Descriptor);
        fixed (byte* p = datagram)
        {
            Libc.iovec vector = new() { iov_base = p, iov_len = (nuint)datagram.Length };
            Libc.msghdr message = new() { msg_iov = &vector, msg_iovlen = 1 };
            if (!path.Remote.IsNone)
            {
                message.msg_name = address;
                message.msg_namelen = path.Remote.Write(address, _isIPv6);
            }

            int controlSize = PathControl.Write(path, _isIPv6, control);
            if (controlSize != 0)
            {
                message.msg_control = control;
                message.msg_controllen = (nuint)controlSize;
            }

            Errno late = Errno.None;
            while (true)
            {
                if (Libc.sendmsg(borrow.Number, &message, Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL) >= 0)
                {
                    if (late != Errno.None)
                        Counters.AddReport(Outcome(late));
                    Counters.AddSent(1, datagram.Length);
                    return DatagramOutcome.Sent;
                }

                Errno errno = Libc.LastErrno;
                if (errno == Errno.EINTR)
                    continue;
                if (IsOurFault(errno))
                    throw new LinuxException(errno, "sendmsg", "UDP socket");
                if (late == Errno.None && errno is not (Errno.EAGAIN or Errno.ENOBUFS or Errno.ENOMEM))
                {
                    late = errno;
                    continue;
                }

                Counters.AddRefusal(Outcome(errno));
                return Outcome(errno);
            }
        }
    }
}
