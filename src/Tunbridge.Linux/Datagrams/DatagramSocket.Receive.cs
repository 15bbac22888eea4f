// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

public sealed unsafe partial class DatagramSocket
{
    /// <summary>Receives what waits, and waits where nothing does.</summary>
    /// <param name="batch">Filled anew; what it held is gone.</param>
    /// <param name="cancellationToken">Ends a wait.</param>
    /// <returns>
    /// How many runs; 0 only with <see cref="DatagramSocketOptions.ReceiveErrors"/>, when error reports came instead.
    /// </returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The socket was closed.</exception>
    public int Receive(DatagramReceiveBatch batch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        cancellationToken.ThrowIfCancellationRequested();
        // One run was all there was, most likely, and the reader is faster than the network: asking in vain costs more
        // than a poll that finds something. With more than one the network is faster, and they lie there.
        bool isEmpty = batch.Count == 1 && batch.Capacity > 1;
        while (true)
        {
            if (isEmpty)
                _waits.WaitReadable(Descriptor, cancellationToken);
            int count = TryReceive(batch);
            if (count != 0)
                return count;
            // Left in the kernel, reports would end every later wait at once.
            if (CollectErrors())
                return 0;
            isEmpty = true;
        }
    }

    /// <summary>Receives what waits, without waiting.</summary>
    /// <param name="batch">Filled anew; what it held is gone.</param>
    /// <returns>How many runs; 0 when nothing waits.</returns>
    /// <exception cref="ObjectDisposedException">The socket was closed.</exception>
    public int TryReceive(DatagramReceiveBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using FileDescriptor.Borrow borrow = new(Descriptor);
        while (true)
        {
            Errno errno = batch.Receive(borrow.Number, Counters);
            switch (errno)
            {
                case Errno.None:
                    return batch.Count;
                case Errno.EAGAIN:
                    return 0;
                case Errno.EBADF or Errno.ENOTSOCK or Errno.EFAULT or Errno.EINVAL:
                    throw new LinuxException(errno, "recvmmsg", "UDP socket");
                default:
                    // The network's answer to an earlier datagram; asking has taken it away.
                    Counters.AddReport(Outcome(errno));
                    break;
            }
        }
    }
}
