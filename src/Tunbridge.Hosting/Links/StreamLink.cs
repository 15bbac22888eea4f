// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Globalization;
using Tunbridge.Linux;

namespace Tunbridge.Hosting;

/// <summary>A tunnel's wire over TCP: one connection to a server, or a server's door with all its connections.</summary>
/// <remarks>
/// <para>
/// Packets follow each other in the stream, each after its length in two bytes. A connection whose lengths make no sense is closed,
/// and the owner hears why. All connections share one thread, the pump's, which waits with epoll.
/// </para>
/// <para>
/// What the kernel has no room for waits, as far as <see cref="StreamLinkOptions.QueueLimit"/> allows; then it is dropped. A connecting
/// link lets the card wait instead, for there is nobody else to serve.
/// </para>
/// </remarks>
public sealed partial class StreamLink : ITunnelLink
{
    private const long WakeKey = 0;
    private const long ListenerKey = -1;

    private readonly StreamSocket _socket;      // the listener, or the one connection's
    private readonly bool _isListener;
    private readonly StreamPoller _poller = new();
    private readonly EventFd _wake = new();
    private readonly ClosableWait _waits = new();
    private readonly ConcurrentDictionary<long, StreamConnection> _connections = new(concurrencyLevel: 1, capacity: 31);
    private readonly Lock _lock = new();
    private bool _isRunning;                    // guarded by _lock, as the next
    private volatile bool _isDisposed;
    private long _lastConnection;

    private StreamLink(StreamSocket socket, StreamLinkOptions options, bool isListener)
    {
        _socket = socket;
        Options = options;
        _isListener = isListener;
        _poller.Add(_wake.Descriptor, WakeKey, reads: true, writes: false);
        if (isListener)
            _poller.Add(socket.Descriptor, ListenerKey, reads: true, writes: false);
        else
            Take(socket, isConnected: false);
    }

    /// <inheritdoc/>
    public bool IsStream => true;

    /// <inheritdoc/>
    public DatagramAddress Local => _socket.LocalAddress;

    /// <summary>How many connections there are.</summary>
    public int ConnectionCount => _connections.Count;

    internal StreamLinkOptions Options { get; }

    /// <summary>
    /// Begins to connect; returns at once. The pump's owner hears of the connection, or why there is none, when the pump runs.
    /// </summary>
    /// <param name="options">Where to.</param>
    /// <returns>The link; the caller, or its pump, disposes it.</returns>
    /// <exception cref="LinuxException">The kernel refused at once.</exception>
    public static StreamLink Connect(StreamLinkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ThrowIfMistaken(options);
        return new StreamLink(StreamSocket.Connect(SocketOptions(options)), options, isListener: false);
    }

    /// <summary>Opens a door; connections are taken when the pump runs.</summary>
    /// <param name="options">Where.</param>
    /// <returns>The link; the caller, or its pump, disposes it.</returns>
    /// <exception cref="LinuxException">The kernel refused: EADDRINUSE, EADDRNOTAVAIL.</exception>
    public static StreamLink Listen(StreamLinkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ThrowIfMistaken(options);
        return new StreamLink(StreamSocket.Listen(SocketOptions(options)), options, isListener: true);
    }

    /// <inheritdoc/>
    public ILinkSender OpenSender(int capacity) => new StreamSender(this, capacity);

    /// <inheritdoc/>
    public bool TrySend(in LinkPath to, ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length is 0 or > ushort.MaxValue || !_connections.TryGetValue(to.Connection, out StreamConnection? connection))
            return false;
        byte[] frame = System.Buffers.ArrayPool<byte>.Shared.Rent(StreamConnection.PrefixSize + datagram.Length);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)datagram.Length);
        datagram.CopyTo(frame.AsSpan(StreamConnection.PrefixSize));
        bool isSent = connection.Send(frame.AsSpan(0, StreamConnection.PrefixSize + datagram.Length), 1) == 0;
        System.Buffers.ArrayPool<byte>.Shared.Return(frame);
        return isSent;
    }

    /// <inheritdoc/>
    public void Disconnect(in LinkPath path)
    {
        if (_connections.TryGetValue(path.Connection, out StreamConnection? connection))
            connection.End();
    }

    /// <summary>Closes all connections and the door; <see cref="Run"/> ends.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            _waits.Dispose();
            _wake.Set();
            // The thread that runs closes what it may be using.
            if (!_isRunning)
                Close();
        }
    }

    internal int Send(long connection, ReadOnlySpan<byte> frames, int count, bool waits, CancellationToken cancellationToken)
    {
        if (!_connections.TryGetValue(connection, out StreamConnection? target))
            return count;
        if (!waits || _isListener)
            return target.Send(frames, count);
        // The card is not read on while frames wait: so its queue fills, and TCP inside the tunnel learns of it.
        int dropped = 0;
        while (count > 0)
        {
            while (target.IsConnected && !target.Drain())
                _waits.WaitWritable(target.Socket.Descriptor, cancellationToken);
            int part = Math.Min(count, Options.QueueLimit);
            int length = StreamConnection.LengthOf(frames, part);
            dropped += target.Send(frames[..length], part);
            frames = frames[length..];
            count -= part;
        }

        return dropped;
    }

    internal void Watch(StreamConnection connection, bool writes) =>
        _poller.Change(connection.Socket.Descriptor, connection.Path.Connection, reads: true, writes);

    private StreamConnection Take(StreamSocket socket, bool isConnected)
    {
        LinkPath path = new()
        {
            Path = new() { Remote = socket.RemoteAddress, Local = isConnected ? socket.LocalAddress : default },
            Connection = ++_lastConnection,
        };
        StreamConnection connection = new(this, socket, path) { IsConnected = isConnected };
        _connections[path.Connection] = connection;
        _poller.Add(socket.Descriptor, path.Connection, reads: true, writes: !isConnected);
        return connection;
    }

    private void Close()
    {
        foreach (KeyValuePair<long, StreamConnection> each in _connections)
            each.Value.Dispose();
        _connections.Clear();
        _socket.Dispose();
        _poller.Dispose();
        _wake.Dispose();
    }

    private static StreamSocketOptions SocketOptions(StreamLinkOptions options) => new()
    {
        Local = options.Local,
        Remote = options.Remote,
        IsDualStack = options.IsDualStack,
        NoDelay = options.NoDelay,
        ReceiveBufferSize = options.ReceiveBufferSize,
        SendBufferSize = options.SendBufferSize,
        Mark = options.Mark,
        BoundDevice = options.BoundDevice,
        Namespace = options.Namespace,
    };

    private static void ThrowIfMistaken(StreamLinkOptions options)
    {
        if (options.MaximumPacket is < 1 or > ushort.MaxValue)
            throw new ArgumentException($"MaximumPacket is {options.MaximumPacket}; allowed are 1 to {ushort.MaxValue}.", nameof(options));
        if (options.QueueLimit is < 1 or > 4096)
            throw new ArgumentException($"QueueLimit is {options.QueueLimit}; allowed are 1 to 4096.", nameof(options));
        if (options.MaximumConnections < 1)
            throw new ArgumentException($"MaximumConnections is {options.MaximumConnections}; it is at least 1.", nameof(options));
    }

    private static string BadLength(int length, int maximum) => string.Create(
        CultureInfo.InvariantCulture, $"WARNING: Bad encapsulated packet length from peer ({length}), which must be > 0 and <= {maximum}");
}
