// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Packets;

namespace Tunbridge.Devices;

public sealed partial class DeviceQueue
{
    /// <inheritdoc/>
    public int Read(PacketBatch batch, CancellationToken cancellationToken = default)
    {
        ThrowIfFull(batch);
        cancellationToken.ThrowIfCancellationRequested();
        while (true)
        {
            int added = TryRead(batch);
            if (added != 0)
                return added;
            Wait(cancellationToken);
        }
    }

    /// <summary>Waits for an event of the caller's instead of a packet; closing the queue ends this wait, too.</summary>
    /// <param name="signal">The event; stays set.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The queue was closed.</exception>
    public void WaitFor(EventFd signal, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(signal);
        _waits.WaitReadable(signal.Descriptor, cancellationToken);
    }

    /// <inheritdoc/>
    public int TryRead(PacketBatch batch)
    {
        ThrowIfFull(batch);
        ObjectDisposedException.ThrowIf(IsClosed, this);
        using FileDescriptor.Borrow borrow = new(Descriptor);
        Errno errno = Drain(borrow, batch, int.MaxValue, out int added);
        // What was read before an error is given out; the next call meets the error again.
        if (added == 0 && errno is not (Errno.None or Errno.EAGAIN))
            throw ReadError(errno);
        return added;
    }

    /// <inheritdoc/>
    public int Read(Span<byte> buffer, out GsoInfo gso, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (true)
        {
            if (TryRead(buffer, out int length, out gso))
                return length;
            Wait(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public bool TryRead(Span<byte> buffer, out int length, out GsoInfo gso)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        using FileDescriptor.Borrow borrow = new(Descriptor);
        Errno errno = ReadOne(borrow, buffer, out length, out gso);
        return errno switch
        {
            Errno.None => true,
            Errno.EAGAIN => false,
            _ => throw ReadError(errno),
        };
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">Another asynchronous read of this queue is under way.</exception>
    public ValueTask<int> ReadAsync(PacketBatch batch, CancellationToken cancellationToken = default)
    {
        ThrowIfFull(batch);
        return _asyncReader.Start(batch, default, cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">Another asynchronous read of this queue is under way.</exception>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _asyncReader.Start(null, buffer, cancellationToken);

    /// <summary>Appends what waits, at most <paramref name="maximum"/> packets, until the batch is full.</summary>
    internal Errno Drain(in FileDescriptor.Borrow borrow, PacketBatch batch, int maximum, out int added)
    {
        PacketFormat format = _format;
        added = 0;
        if (_ahead.IsDue)
        {
            // A group that finds nothing is dear, and one single read tells.
            Errno errno = _ahead.MayHold ? Errno.None : DrainSingly(borrow, format, batch, 1, ref added);
            if (errno == Errno.None && added < maximum && !batch.IsFull)
            {
                errno = _ahead.Drain(Descriptor, format, batch, maximum - added, out int more);
                added += more;
            }

            if (errno != Errno.None || added >= maximum || batch.IsFull)
                return errno;
        }

        return DrainSingly(borrow, format, batch, maximum, ref added);
    }

    private Errno DrainSingly(
        in FileDescriptor.Borrow borrow, PacketFormat format, PacketBatch batch, int maximum, ref int added)
    {
        int before = added;
        int largest = 0;
        Errno errno;
        do
        {
            Span<byte> room = batch.GetSpan();
            errno = borrow.Read(room, out int length);
            if (errno != Errno.None)
                break;
            largest = Math.Max(largest, length);
            if (format.TryCommit(batch, room, length))
                added++;
        }
        while (added < maximum && !batch.IsFull);
        _ahead.Count(added - before, largest, errno);
        return errno;
    }

    /// <summary>Marks the begin of a wait for the card; false when packets lie here, to be read instead.</summary>
    internal bool TryBeginWait() => _ahead.TryBeginWait();

    /// <summary>Marks the end of a wait.</summary>
    internal void EndWait() => _ahead.EndWait();

    private void Wait(CancellationToken cancellationToken)
    {
        if (!_ahead.TryBeginWait())
            return;
        try
        {
            _waits.WaitReadable(Descriptor, cancellationToken);
        }
        finally
        {
            _ahead.EndWait();
        }
    }

    internal LinuxException ReadError(Errno errno) => DeviceErrors.Refused(errno, "read", Card);

    private Errno ReadOne(in FileDescriptor.Borrow borrow, Span<byte> buffer, out int length, out GsoInfo gso)
    {
        PacketFormat format = _format;
        gso = default;
        if (_ahead.TryTake(buffer, out length, out gso))
            return Errno.None;
        if (format.Prefix == 0)
            return borrow.Read(buffer, out length);
        Span<byte> prefix = stackalloc byte[PacketFormat.MaximumPrefix];
        prefix = prefix[..format.Prefix];
        Errno errno = borrow.Read(prefix, buffer, out int count);
        length = Math.Max(0, count - format.Prefix);
        if (errno == Errno.None)
            format.Read(prefix, out gso, out _, out _);
        return errno;
    }

    private static void ThrowIfFull(PacketBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.IsFull)
        {
            throw new ArgumentException(
                "The batch is full: consume its packets and clear it before reading on.", nameof(batch));
        }
    }
}
