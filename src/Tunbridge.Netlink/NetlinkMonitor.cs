// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Tunbridge.Linux;
using Tunbridge.Netlink.Wire;

namespace Tunbridge.Netlink;

/// <summary>What happens to the network of a namespace, as it happens.</summary>
/// <remarks>
/// Open it before reading the present state, so that nothing falls between. One reader at a time; disposing it from
/// another thread ends the reader's wait. A full buffer is not an error but an <see cref="EventsLost"/>.
/// </remarks>
public sealed class NetlinkMonitor : IDisposable
{
    private readonly NetlinkSocket _socket;
    private readonly EventFd _closed = new();
    private readonly byte[] _buffer = new byte[64 * 1024];

    // Parsed and not yet handed out; owned by the reader.
    private readonly Queue<NetlinkEvent> _queue = new();

    private readonly Lock _lock = new();

    // Guarded by _lock. The signal of a reader that waits asynchronously.
    private ReadinessLoop.Registration? _registration;
    private TaskCompletionSource? _signal;
    private bool _disposed;

    private NetlinkMonitor(NetlinkSocket socket) => _socket = socket;

    /// <summary>Listens to the namespace that the calling thread is in.</summary>
    /// <param name="topics">What to listen to.</param>
    /// <exception cref="LinuxException">The kernel refused the socket.</exception>
    public static NetlinkMonitor Open(NetlinkTopics topics = NetlinkTopics.All)
    {
        List<int> groups = [];
        Add(NetlinkTopics.Links, Rtnlgrp.RTNLGRP_LINK);
        Add(NetlinkTopics.Addresses, Rtnlgrp.RTNLGRP_IPV4_IFADDR, Rtnlgrp.RTNLGRP_IPV6_IFADDR);
        Add(NetlinkTopics.Routes, Rtnlgrp.RTNLGRP_IPV4_ROUTE, Rtnlgrp.RTNLGRP_IPV6_ROUTE);
        Add(NetlinkTopics.Neighbours, Rtnlgrp.RTNLGRP_NEIGH);
        Add(NetlinkTopics.Rules, Rtnlgrp.RTNLGRP_IPV4_RULE, Rtnlgrp.RTNLGRP_IPV6_RULE);
        Add(NetlinkTopics.Settings, Rtnlgrp.RTNLGRP_IPV4_NETCONF, Rtnlgrp.RTNLGRP_IPV6_NETCONF);
        return new NetlinkMonitor(NetlinkSocket.Open([.. groups]));

        void Add(NetlinkTopics topic, params ReadOnlySpan<int> numbers)
        {
            if (topics.HasFlag(topic))
                groups.AddRange(numbers);
        }
    }

    /// <summary>Listens to a namespace; the result works on any thread.</summary>
    /// <param name="networkNamespace">The namespace; it may be disposed afterwards.</param>
    /// <param name="topics">What to listen to.</param>
    /// <exception cref="LinuxException">The namespace may not be entered, or refuses the socket.</exception>
    public static NetlinkMonitor Open(NetworkNamespace networkNamespace, NetlinkTopics topics = NetlinkTopics.All)
    {
        ArgumentNullException.ThrowIfNull(networkNamespace);
        return networkNamespace.Run(() => Open(topics));
    }

    /// <summary>Gives the next event if there is one, without waiting.</summary>
    /// <param name="netlinkEvent">The event.</param>
    /// <returns>False when there is none, or the monitor is closed.</returns>
    public bool TryRead([NotNullWhen(true)] out NetlinkEvent? netlinkEvent)
    {
        while (!_queue.TryDequeue(out netlinkEvent))
        {
            if (!Fill())
                return false;
        }

        return true;
    }

    /// <summary>Gives the next event, waiting for it.</summary>
    /// <param name="netlinkEvent">The event.</param>
    /// <param name="wake">Ends the wait when it is set; null for none.</param>
    /// <param name="timeoutMilliseconds">How long to wait; -1 for ever.</param>
    /// <returns>False when woken, out of time, or closed.</returns>
    public bool TryRead([NotNullWhen(true)] out NetlinkEvent? netlinkEvent, EventFd? wake, int timeoutMilliseconds = -1)
    {
        while (!TryRead(out netlinkEvent))
        {
            try
            {
                // The time counts anew after a datagram without anything of interest, which are rare.
                if (Readiness.WaitReadable(_socket.Descriptor, _closed, wake, timeoutMilliseconds) != WaitOutcome.Ready)
                    return false;
            }
            catch (ObjectDisposedException) when (_disposed)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Gives events as they happen, until cancelled or closed.</summary>
    /// <param name="cancellationToken">Ends the sequence with an <see cref="OperationCanceledException"/>.</param>
    public async IAsyncEnumerable<NetlinkEvent> ReadAllAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            while (_queue.TryDequeue(out NetlinkEvent? netlinkEvent))
                yield return netlinkEvent;
            if (Volatile.Read(ref _disposed))
                yield break;
            Task ready = ArmSignal();
            // Looked at after arming: what came before is read now, what comes later completes the signal.
            if (Fill())
                continue;
            await ready.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Stops listening; a reader that waits ends.</summary>
    public void Dispose()
    {
        TaskCompletionSource? signal;
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
            _registration?.Dispose();
            signal = _signal;
        }

        _closed.Set();
        _socket.Dispose();
        // A reader that waits for it keeps it open until it has seen that it is set.
        _closed.Dispose();
        signal?.TrySetResult();
    }

    private Task ArmSignal()
    {
        lock (_lock)
        {
            if (_disposed)
                return Task.CompletedTask;
            _signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _registration ??= ReadinessLoop.Shared.Register(_socket.Descriptor, OnReadable);
            _registration.Arm();
            return _signal.Task;
        }
    }

    private void OnReadable()
    {
        lock (_lock)
            _signal?.TrySetResult();
    }

    /// <summary>Reads one datagram into the queue; false when none waits, or the monitor is closed.</summary>
    private bool Fill()
    {
        Errno errno;
        int length;
        try
        {
            errno = _socket.TryReceive(_buffer, out length);
        }
        catch (ObjectDisposedException) when (_disposed)
        {
            return false;
        }

        switch (errno)
        {
            case Errno.EAGAIN:
                return false;
            case Errno.ENOBUFS:
                _queue.Enqueue(new EventsLost());
                return true;
            case Errno.None when length > _buffer.Length:
                _queue.Enqueue(new EventsLost());
                return true;
            case Errno.None:
                MessageReader reader = new(_buffer.AsSpan(0, length));
                while (reader.MoveNext())
                {
                    if (Parse(reader.Type, reader.Payload) is NetlinkEvent netlinkEvent)
                        _queue.Enqueue(netlinkEvent);
                }

                return true;
            default:
                throw LinuxException.Create(errno, "recv", "NETLINK_ROUTE");
        }
    }

    /// <summary>One notification as a record; null when it is malformed, or of a kind that has no record.</summary>
    internal static NetlinkEvent? Parse(MessageType type, ReadOnlySpan<byte> payload) => type switch
    {
        MessageType.RTM_NEWLINK or MessageType.RTM_DELLINK when Link.Parse(payload) is Link link =>
            new LinkEvent { Link = link, IsRemoved = type == MessageType.RTM_DELLINK },
        MessageType.RTM_NEWADDR or MessageType.RTM_DELADDR when InterfaceAddress.Parse(payload) is InterfaceAddress address =>
            new AddressEvent { Address = address, IsRemoved = type == MessageType.RTM_DELADDR },
        MessageType.RTM_NEWROUTE or MessageType.RTM_DELROUTE when Route.Parse(payload) is Route route =>
            new RouteEvent { Route = route, IsRemoved = type == MessageType.RTM_DELROUTE },
        MessageType.RTM_NEWNEIGH or MessageType.RTM_DELNEIGH when Neighbour.Parse(payload) is Neighbour neighbour =>
            new NeighbourEvent { Neighbour = neighbour, IsRemoved = type == MessageType.RTM_DELNEIGH },
        MessageType.RTM_NEWRULE or MessageType.RTM_DELRULE when Rule.Parse(payload) is Rule rule =>
            new RuleEvent { Rule = rule, IsRemoved = type == MessageType.RTM_DELRULE },
        MessageType.RTM_NEWNETCONF or MessageType.RTM_DELNETCONF =>
            SettingsEvent.Parse(payload, isRemoved: type == MessageType.RTM_DELNETCONF),
        _ => null,
    };
}
