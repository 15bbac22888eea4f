// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Tunbridge.Linux;

namespace Tunbridge.Hosting;

// The thread of the link: accepts, connects, reads, and sends what had to wait.
public sealed partial class StreamLink
{
    private const int SlabSize = 256 * 1024;
    private const int LeastRoom = 64 * 1024;    // for one read: below that the slab is begun anew
    private const int AcceptsAtOnce = 64;
    private const int PauseMilliseconds = 500;

    /// <inheritdoc/>
    public void Run(ILinkReceiver receiver, int capacity, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _isRunning = true;
        }

        try
        {
            using CancellationTokenRegistration registration =
                cancellationToken.UnsafeRegister(static wake => ((EventFd)wake!).Set(), _wake);
            byte[] slab = GC.AllocateUninitializedArray<byte>(SlabSize, pinned: true);
            Work(receiver, slab, cancellationToken);
        }
        finally
        {
            lock (_lock)
            {
                _isRunning = false;
                if (_isDisposed)
                    Close();
            }
        }
    }

    private void Work(ILinkReceiver receiver, byte[] slab, CancellationToken cancellationToken)
    {
        bool isPaused = false;
        while (true)
        {
            int count = _poller.Wait(isPaused ? PauseMilliseconds : -1);
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            cancellationToken.ThrowIfCancellationRequested();
            if (isPaused)
            {
                isPaused = false;
                _poller.Change(_socket.Descriptor, ListenerKey, reads: true, writes: false);
            }

            int used = 0;
            for (int i = 0; i < count; i++)
            {
                long key = _poller.Get(i, out bool canRead, out bool canWrite);
                if (key == ListenerKey)
                    isPaused = !Accept(receiver);
                else if (key != WakeKey && _connections.TryGetValue(key, out StreamConnection? connection))
                    Serve(receiver, connection, canRead, canWrite, slab, ref used);
            }

            receiver.OnIdle();
        }
    }

    // False when the process has no room for more: the door is left alone for a while, for it would be told ready for ever.
    private bool Accept(ILinkReceiver receiver)
    {
        for (int i = 0; i < AcceptsAtOnce; i++)
        {
            Errno errno = _socket.TryAccept(out StreamSocket? socket);
            switch (errno)
            {
                case Errno.None when _connections.Count >= Options.MaximumConnections:
                    socket!.Dispose();
                    break;
                case Errno.None:
                    receiver.OnConnected(Take(socket!, isConnected: true).Path);
                    break;
                case Errno.EAGAIN:
                    return true;
                case Errno.EMFILE or Errno.ENFILE or Errno.ENOBUFS or Errno.ENOMEM:
                    _poller.Change(_socket.Descriptor, ListenerKey, reads: false, writes: false);
                    return false;
                default:
                    break; // that one has gone again
            }
        }

        return true;
    }

    private void Serve(
        ILinkReceiver receiver, StreamConnection connection, bool canRead, bool canWrite, byte[] slab, ref int used)
    {
        if (!connection.IsConnected)
        {
            Errno errno = connection.Socket.FinishConnect();
            if (errno != Errno.None)
            {
                Forget(receiver, connection, LinuxException.Describe(errno));
                return;
            }

            connection.IsConnected = true;
            Watch(connection, writes: false);
            receiver.OnConnected(connection.Path);
        }
        else if (canWrite)
        {
            _ = connection.Drain();
        }

        if (!canRead)
            return;
        if (slab.Length - used < LeastRoom + Options.MaximumPacket)
        {
            receiver.OnIdle();
            used = 0;
        }

        string? end = Read(receiver, connection, slab, ref used);
        if (end is not null)
            Forget(receiver, connection, end);
    }

    // Why the connection has ended; null when it has not.
    private string? Read(ILinkReceiver receiver, StreamConnection connection, byte[] slab, ref int used)
    {
        int start = used;
        int end = start + connection.TakePart(slab.AsSpan(start));
        // One read for each turn: a peer that sends without end does not keep the others waiting.
        Errno errno = connection.Socket.TryReceive(slab.AsSpan(end, Math.Min(LeastRoom, slab.Length - end)), out int count);
        if (errno is not (Errno.None or Errno.EAGAIN))
            return LinuxException.Describe(errno);
        if (errno == Errno.None && count == 0)
            return "Connection reset, restarting [0]";
        end += count;
        while (end - start >= StreamConnection.PrefixSize)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(slab.AsSpan(start));
            if (length == 0 || length > Options.MaximumPacket)
                return BadLength(length, Options.MaximumPacket);
            if (end - start < StreamConnection.PrefixSize + length)
                break;
            if (!receiver.OnDatagrams(connection.Path, slab, start + StreamConnection.PrefixSize, length, length))
                return "Fatal TLS error or decryption error over TCP, restarting";
            start += StreamConnection.PrefixSize + length;
        }

        connection.KeepPart(slab.AsSpan(start, end - start));
        used = (start + 15) & -16;
        return null;
    }

    private void Forget(ILinkReceiver receiver, StreamConnection connection, string reason)
    {
        _connections.TryRemove(connection.Path.Connection, out _);
        connection.Dispose();
        if (!connection.IsEndedHere)
            receiver.OnDisconnected(connection.Path, reason);
    }
}
