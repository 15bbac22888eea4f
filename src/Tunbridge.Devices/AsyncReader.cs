// SPDX-License-Identifier: Apache-2.0
using System.Threading.Tasks.Sources;
using Tunbridge.Linux;
using Tunbridge.Packets;

namespace Tunbridge.Devices;

/// <summary>The one asynchronous read a queue may have under way, reused for all of them.</summary>
/// <remarks>
/// Start tries at once; when nothing waits it arms the epoll loop and gives itself as the task. Exactly one of three
/// ends the wait, decided under the lock by who finds <c>_waiting</c> set: readiness, the token, Close. The loop's
/// thread takes one packet only; the rest of a batch is drained by the consumer when it takes the result, so that
/// many queues do not queue up behind the loop.
/// </remarks>
internal sealed class AsyncReader : IValueTaskSource<int>
{
    private readonly DeviceQueue _queue;
    private readonly Lock _lock = new();
    private ManualResetValueTaskSourceCore<int> _core = new() { RunContinuationsAsynchronously = true };
    private ReadinessLoop.Registration? _registration;
    private CancellationTokenRegistration _cancel;
    private CancellationToken _token;
    private PacketBatch? _batch;
    private Memory<byte> _buffer;
    private int _busy;
    private bool _waiting;
    private bool _closed;

    internal AsyncReader(DeviceQueue queue) => _queue = queue;

    internal ValueTask<int> Start(PacketBatch? batch, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<int>(cancellationToken);
        if (Interlocked.Exchange(ref _busy, 1) != 0)
        {
            throw new InvalidOperationException(
                "An asynchronous read of this queue is under way, or its result was not taken; await it first. " +
                "Use more queues, or synchronous reads, to read from several places.");
        }

        bool waiting = false;
        try
        {
            while (!waiting)
            {
                if (batch is not null)
                {
                    int added = _queue.TryRead(batch);
                    if (added != 0)
                        return new ValueTask<int>(added);
                }
                else if (_queue.TryRead(buffer.Span, out int length, out _))
                {
                    return new ValueTask<int>(length);
                }

                _core.Reset();
                _batch = batch;
                _buffer = buffer;
                _token = cancellationToken;
                lock (_lock)
                {
                    ObjectDisposedException.ThrowIf(_closed, _queue);
                    _registration ??= ReadinessLoop.Shared.Register(_queue.Descriptor, OnReady);
                    _registration.Arm();
                    // False when another reader has just left packets here: what is armed calls back in vain.
                    _waiting = waiting = _queue.TryBeginWait();
                }
            }
        }
        finally
        {
            if (!waiting)
                Release();
        }

        // Runs at once when the token has been cancelled meanwhile.
        _cancel = cancellationToken.UnsafeRegister(static state => ((AsyncReader)state!).OnCancelled(), this);
        return new ValueTask<int>(this, _core.Version);
    }

    public int GetResult(short token)
    {
        // A wrong or second call must not disturb a later read: the core throws before anything is released.
        if (_core.GetStatus(token) == ValueTaskSourceStatus.Pending)
            throw new InvalidOperationException("The read has not completed.");
        _cancel.Dispose();
        PacketBatch? batch = _batch;
        try
        {
            int result = _core.GetResult(token);
            return batch is null || batch.IsFull ? result : result + DrainRest(batch);
        }
        finally
        {
            Release();
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    internal void Close()
    {
        bool waiting;
        lock (_lock)
        {
            waiting = _waiting;
            if (waiting)
                EndWaitLocked();
            _closed = true;
            _registration?.Dispose();
        }

        if (waiting)
            _core.SetException(new ObjectDisposedException(nameof(DeviceQueue)));
    }

    private void OnReady()
    {
        int result;
        Exception? error = null;
        lock (_lock)
        {
            // A callback of an earlier read that was cancelled: the packets stay for the next one.
            if (!_waiting)
                return;
            if (!TryTake(out result, out error))
                return;
            EndWaitLocked();
        }

        if (error is null)
            _core.SetResult(result);
        else
            _core.SetException(error);
    }

    // Takes one packet, or arms the loop again when another reader was faster.
    private bool TryTake(out int result, out Exception? error)
    {
        error = null;
        result = 0;
        try
        {
            if (_batch is null)
            {
                if (_queue.TryRead(_buffer.Span, out result, out _))
                    return true;
            }
            else
            {
                using FileDescriptor.Borrow borrow = new(_queue.Descriptor);
                Errno errno = _queue.Drain(borrow, _batch, 1, out result);
                if (result == 1)
                    return true;
                if (errno is not (Errno.None or Errno.EAGAIN))
                    error = _queue.ReadError(errno);
            }

            if (error is null)
                _registration!.Arm();
        }
        catch (Exception e) when (e is LinuxException or ObjectDisposedException)
        {
            error = e;
        }

        return error is not null;
    }

    private void OnCancelled()
    {
        lock (_lock)
        {
            if (!_waiting)
                return;
            EndWaitLocked();
        }

        _core.SetException(new OperationCanceledException(_token));
    }

    private void EndWaitLocked()
    {
        _waiting = false;
        _queue.EndWait();
    }

    private int DrainRest(PacketBatch batch)
    {
        if (_queue.IsClosed)
            return 0;
        try
        {
            using FileDescriptor.Borrow borrow = new(_queue.Descriptor);
            // An error is met again by the next read; what has been read is given out first.
            _ = _queue.Drain(borrow, batch, int.MaxValue, out int added);
            return added;
        }
        catch (ObjectDisposedException)
        {
            return 0; // closed between the packet and its taking: the packet still counts
        }
    }

    private void Release()
    {
        _batch = null;
        _buffer = default;
        _token = default;
        _cancel = default;
        Volatile.Write(ref _busy, 0);
    }
}
