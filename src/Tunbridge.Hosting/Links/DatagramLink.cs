// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Tunbridge.Linux;

namespace Tunbridge.Hosting;

/// <summary>A tunnel's wire over UDP: one socket for any number of peers.</summary>
public sealed class DatagramLink : ITunnelLink
{
    private const long SocketKey = 0, WakeKey = 1, CompanionKey = 2;

    private readonly DatagramLinkOptions _options;
    private readonly StreamPoller _poller = new();
    private readonly EventFd _wake = new();
    private readonly Lock _lock = new();        // for who closes what the thread that runs may be using
    private bool _isRunning;
    private volatile bool _isDisposed;

    private DatagramLink(DatagramSocket socket, DatagramLinkOptions options)
    {
        Socket = socket;
        _options = options;
        _poller.Add(socket.Descriptor, SocketKey, reads: true, writes: false);
        _poller.Add(_wake.Descriptor, WakeKey, reads: true, writes: false);
    }

    /// <inheritdoc/>
    public bool IsStream => false;

    /// <inheritdoc/>
    public DatagramAddress Local => Socket.LocalAddress;

    /// <summary>What the socket sent, received, and was refused.</summary>
    public DatagramCounters Counters => Socket.Counters;

    internal DatagramSocket Socket { get; }

    /// <summary>Opens the socket.</summary>
    /// <param name="options">How.</param>
    /// <returns>The link; the caller, or its pump, disposes it.</returns>
    /// <exception cref="LinuxException">The kernel refused: EADDRINUSE, EADDRNOTAVAIL, EPERM for a mark.</exception>
    public static DatagramLink Open(DatagramLinkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        DatagramAddress local = options.Local;
        if (local.IsNone)
            local = new(options.Remote.IsIPv6 ? System.Net.IPAddress.IPv6Any : System.Net.IPAddress.Any);
        return new DatagramLink(DatagramSocket.Open(new()
        {
            Local = local,
            IsDualStack = options.IsDualStack,
            ReceiveBufferSize = options.ReceiveBufferSize == 0 ? DatagramSocketOptions.DefaultBufferSize : options.ReceiveBufferSize,
            SendBufferSize = options.SendBufferSize == 0 ? DatagramSocketOptions.DefaultBufferSize : options.SendBufferSize,
            Mark = options.Mark,
            BoundDevice = options.BoundDevice,
            PathMtuDiscovery = options.PathMtuDiscovery,
            Coalescing = options.MaximumDatagram == 0,
            ReceiveErrors = options.PathMtuDiscovery != PathMtuDiscovery.Default,
            Namespace = options.Namespace,
        }), options);
    }

    /// <inheritdoc/>
    public bool TrySend(in LinkPath to, ReadOnlySpan<byte> datagram) =>
        Socket.TrySend(Outgoing(to.Path), datagram) == DatagramOutcome.Sent;

    /// <inheritdoc/>
    public void Disconnect(in LinkPath path)
    {
        // There are no connections over UDP.
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            _wake.Set();
            Socket.Dispose();
            if (!_isRunning)
                Close();
        }
    }

    /// <inheritdoc/>
    public ILinkSender OpenSender(int capacity) => new DatagramSender(this, capacity);

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
            DatagramReceiveBatch batch = new(
                Math.Min(capacity, DatagramReceiveBatch.MaximumCapacity),
                _options.MaximumDatagram == 0 ? DatagramReceiveBatch.MaximumRunSize : _options.MaximumDatagram);
            Work(receiver, batch, cancellationToken);
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

    /// <summary>Takes what the network, or this host, has said about datagrams that were too long for their path (<c>mtu-disc</c>).</summary>
    /// <param name="error">What was said, by whom, of which peer; forgeable by whoever sees the traffic.</param>
    /// <returns>False when there is nothing.</returns>
    public bool TryReadError(out DatagramError error) => Socket.TryReadError(out error);

    // Replies are routed like any packet: they may leave by another interface than the question came by.
    internal DatagramPath Outgoing(in DatagramPath path) => _options.Multihome
        ? path with { InterfaceIndex = path.Remote.ScopeId }
        : new(path.Remote);

    /// <summary>Has the thread that runs the link call its receiver, an <see cref="ILinkCompanion"/>, whenever a descriptor can be read.</summary>
    /// <param name="descriptor">The descriptor; one at a time.</param>
    internal void Watch(FileDescriptor descriptor) => _poller.Add(descriptor, CompanionKey, reads: true, writes: false);

    /// <summary>Ends that.</summary>
    /// <param name="descriptor">The descriptor.</param>
    internal void Unwatch(FileDescriptor descriptor) => _poller.Remove(descriptor);

    private void Work(ILinkReceiver receiver, DatagramReceiveBatch batch, CancellationToken cancellationToken)
    {
        while (true)
        {
            bool isDue = false, isCompanionDue = false;
            int count = _poller.Wait();
            for (int i = 0; i < count; i++)
            {
                long key = _poller.Get(i, out _, out _);
                isDue |= key == SocketKey;
                isCompanionDue |= key == CompanionKey;
            }

            // With one run the thread is faster than the network: a wait that ends at once costs less than to ask in vain.
            for (; isDue; isDue = batch.Count > 1 || batch.Count == batch.Capacity)
            {
                ThrowIfEnded(cancellationToken);
                if (Socket.TryReceive(batch) == 0)
                {
                    _ = Socket.CollectErrors();
                    break;
                }

                Hand(batch, receiver);
            }

            ThrowIfEnded(cancellationToken);
            if (isCompanionDue)
                ((ILinkCompanion)receiver).OnReady();
        }
    }

    private static void Hand(DatagramReceiveBatch batch, ILinkReceiver receiver)
    {
        foreach (ref readonly DatagramRun run in batch)
        {
            // What was cut short cannot be authentic, and the socket has counted it.
            if (run.IsTruncated)
                continue;
            // Every run lies in the one slab of the batch.
            _ = MemoryMarshal.TryGetArray(run.Memory, out ArraySegment<byte> place);
            LinkPath from = new() { Path = run.Path };
            _ = receiver.OnDatagrams(from, place.Array, place.Offset, place.Count, run.SegmentSize);
        }

        receiver.OnIdle();
    }

    private void ThrowIfEnded(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private void Close()
    {
        _poller.Dispose();
        _wake.Dispose();
    }
}
