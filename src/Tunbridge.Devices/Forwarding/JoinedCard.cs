// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Netlink;
using Tunbridge.Packets;

namespace Tunbridge.Devices;

/// <summary>One side of a forwarder: a card that may go and come back while lanes read and write it.</summary>
/// <remarks>
/// A thread (<see cref="Watch"/>) listens to netlink: it follows the card's name and MTU, closes it when it is deleted, and
/// attaches to the next card of that name. Lanes ask for the present queue (<see cref="TryGetQueue"/>) and, when the one
/// they read fails, wait for another (<see cref="TryAwaitQueue"/>).
/// </remarks>
internal sealed partial class JoinedCard : IDisposable
{
    private const int NoLimit = int.MaxValue;

    private readonly object _gate = new(); // pulsed when the card changes, or at the end
    private readonly NetworkNamespace? _home; // null: the caller's own, or one that may not be asked for
    private readonly RouteNetlink _netlink;
    private readonly NetlinkMonitor _monitor;
    private readonly EventFd _wake = new(); // ends the watching thread's wait
    private readonly DeviceOptions _options; // how to attach again
    private readonly Action<JoinedCardState>? _stateChanged;
    private readonly bool _isFirst;

    // Written under _gate, read by lanes without it.
    private volatile DeviceQueue[] _queues;
    private volatile bool _isStopping;
    private volatile bool _isSuspect; // a lane met an error that only a card that is gone gives
    private volatile int _mtu = NoLimit;

    // Of the watching thread; disposed under _gate.
    private VirtualDevice? _device;
    private volatile string _name;
    private int _index;

    internal JoinedCard(VirtualDevice device, bool isFirst, Action<JoinedCardState>? stateChanged)
    {
        Layer = device.Layer;
        _isFirst = isFirst;
        _stateChanged = stateChanged;
        _name = device.Name;
        _device = device;
        _queues = [.. device.Queues];
        QueueCount = _queues.Length;
        _home = device.TryGetNamespace();
        try
        {
            // Before the card is asked for its MTU, so that no change falls between.
            _monitor = OpenMonitor(_home);
            _netlink = VirtualDevice.OpenNetlink(_home);
            Link link = _netlink.Links.Get(_name);
            (_index, _mtu) = (link.Index, link.Mtu);
        }
        catch
        {
            _monitor?.Dispose();
            _netlink?.Dispose();
            _home?.Dispose();
            _wake.Dispose();
            throw;
        }

        _options = new()
        {
            Namespace = _home,
            Offload = device.Offload,
            VirtioHeader = device.VirtioHeaderSize != 0,
            VirtioHeaderSize = device.VirtioHeaderSize == 0 ? VirtioNetHeader.MinimumSize : device.VirtioHeaderSize,
            PacketInformation = device.HasPacketInformation,
        };
    }

    internal DeviceLayer Layer { get; }

    /// <summary>The card's name, the last one known.</summary>
    internal string Name => _name;

    /// <summary>The queues it had at first, each with a lane of its own.</summary>
    internal int QueueCount { get; }

    /// <summary>The card's MTU; far beyond any packet while it is not known.</summary>
    internal int Mtu => _mtu;

    /// <summary>The queue that a lane writes to, or null while the card is gone.</summary>
    internal DeviceQueue? TryGetQueue(int lane)
    {
        DeviceQueue[] queues = _queues;
        return queues.Length == 0 ? null : queues[lane % queues.Length];
    }

    /// <summary>Waits for a queue to read; false at the end.</summary>
    /// <param name="lane">The lane's number; a card that came back with fewer queues leaves the other lanes waiting.</param>
    /// <param name="failed">The queue that gave an error, or null at the start.</param>
    /// <param name="queue">Another queue.</param>
    internal bool TryAwaitQueue(int lane, DeviceQueue? failed, out DeviceQueue queue)
    {
        lock (_gate)
        {
            if (failed is not null && !failed.IsClosed && !_isStopping)
            {
                _isSuspect = true;
                _wake.Set();
            }

            while (!_isStopping)
            {
                if (lane < _queues.Length && _queues[lane] != failed)
                {
                    queue = _queues[lane];
                    return true;
                }

                Monitor.Wait(_gate);
            }
        }

        queue = null!;
        return false;
    }

    /// <summary>Ends the watch, which closes the card; at once and from any thread.</summary>
    internal void Stop()
    {
        lock (_gate)
        {
            if (_isStopping)
                return;
            _isStopping = true;
            _wake.Set();
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Closes the card, which wakes the lanes that read it; after <see cref="Stop"/>.</summary>
    /// <remarks>The kernel takes tens of milliseconds to close a card: each watch does it for its own.</remarks>
    internal void Close()
    {
        Stop();
        lock (_gate)
            _device?.Dispose();
    }

    /// <summary>Closes the card and gives back what the watch used; after its thread has ended.</summary>
    public void Dispose()
    {
        Close();
        Release();
    }

    /// <summary>Gives back what the watch would use, before it has started; the card stays open.</summary>
    internal void Release()
    {
        _monitor.Dispose();
        _netlink.Dispose();
        _wake.Dispose();
        _home?.Dispose();
    }

    private static NetlinkMonitor OpenMonitor(NetworkNamespace? home)
    {
        if (home is null)
            return NetlinkMonitor.Open(NetlinkTopics.Links);
        using NetworkNamespace current = NetworkNamespace.OpenCurrent();
        // Entering a namespace needs CAP_SYS_ADMIN, which a card in our own does not ask for.
        return home.Inode == current.Inode
            ? NetlinkMonitor.Open(NetlinkTopics.Links)
            : NetlinkMonitor.Open(home, NetlinkTopics.Links);
    }
}
