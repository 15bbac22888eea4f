// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Tunbridge.Linux;

namespace Tunbridge.Hosting;

/// <summary>A tunnel's wire over UDP: one socket for any number of peers.</summary>
public sealed class DatagramLink : ITunnelLink
{
    private readonly DatagramLinkOptions _options;

    private DatagramLink(DatagramSocket socket, DatagramLinkOptions options)
    {
        Socket = socket;
        _options = options;
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
    public void Dispose() => Socket.Dispose();

    /// <inheritdoc/>
    public ILinkSender OpenSender(int capacity) => new DatagramSender(this, capacity);

    /// <inheritdoc/>
    public void Run(ILinkReceiver receiver, int capacity, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        DatagramReceiveBatch batch = new(
            Math.Min(capacity, DatagramReceiveBatch.MaximumCapacity),
            _options.MaximumDatagram == 0 ? DatagramReceiveBatch.MaximumRunSize : _options.MaximumDatagram);
        while (true)
        {
            _ = Socket.Receive(batch, cancellationToken);
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
    }

    /// <summary>Takes what the network, or this host, has said about datagrams that were too long for their path (<c>mtu-disc</c>).</summary>
    /// <param name="error">What was said, by whom, of which peer; forgeable by whoever sees the traffic.</param>
    /// <returns>False when there is nothing.</returns>
    public bool TryReadError(out DatagramError error) => Socket.TryReadError(out error);

    // Replies are routed like any packet: they may leave by another interface than the question came by.
    internal DatagramPath Outgoing(in DatagramPath path) => _options.Multihome
        ? path with { InterfaceIndex = path.Remote.ScopeId }
        : new(path.Remote);
}
