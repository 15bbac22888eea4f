// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Tunbridge.Packets;
using Tunbridge.Packets.Switching;

namespace Tunbridge.Devices;

/// <summary>A learning switch between queues of frames: TAPs, ends of in-memory pairs, tunnels.</summary>
/// <remarks>
/// <para>Frames go to the port that their destination was learned on, and to every port when it was not or is a group.
/// Ports come and go while it runs; each has a thread of its own, and one that fails is taken out without the others
/// noticing. Superpackets pass whole; a card that takes none gets their segments. Theory of operation:
/// docs/forwarding.md.</para>
/// <para>Thread-safe. Passing frames allocates nothing.</para>
/// </remarks>
public sealed partial class Hub : IDisposable
{
    private const int StackSize = 256 * 1024;
    private const int AgeingSteps = 4; // how many times in an ageing time the table is swept

    private readonly Lock _lock = new();
    private readonly LearningTable _table; // under _lock
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly TimeSpan _sweepInterval;
    private readonly Action<HubPort>? _portFailed;
    private readonly Dictionary<HubPort, Thread> _threads = []; // under _lock
    private TimeSpan _nextSweep; // under _lock

    // By number; replaced as a whole under _lock, so that it may be read without.
    private volatile HubPort?[] _ports = [];
    private bool _isDisposed; // under _lock

    /// <summary>Makes a hub without ports.</summary>
    /// <param name="options">Its bounds; null for the defaults.</param>
    /// <exception cref="ArgumentException">A bound is below its minimum.</exception>
    public Hub(HubOptions? options = null)
    {
        options ??= new();
        Span<byte> seed = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(seed);
        _table = new LearningTable(options.Table with { Seed = BitConverter.ToUInt64(seed) });
        _sweepInterval = options.Table.AgeingTime / AgeingSteps;
        _time = options.Time ?? TimeProvider.System;
        _start = _time.GetTimestamp();
        _portFailed = options.PortFailed;
    }

    /// <summary>The ports there are now.</summary>
    public IReadOnlyList<HubPort> Ports => [.. _ports.OfType<HubPort>()];

    /// <summary>Adds a port, which works at once.</summary>
    /// <param name="queue">A queue of frames; owned by the hub, which closes it when the port goes.</param>
    /// <param name="options">How to treat it; null for the defaults.</param>
    /// <exception cref="ArgumentException">The queue carries no frames, is a port already, or a limit is below 1.</exception>
    /// <exception cref="ObjectDisposedException">The hub is disposed.</exception>
    public HubPort Add(IPacketQueue queue, HubPortOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(queue);
        if (queue.Layer != DeviceLayer.Frame)
            throw new ArgumentException("A hub switches frames: give it a TAP, not a TUN.", nameof(queue));
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_ports.Any(p => ReferenceEquals(p?.Queue, queue)))
                throw new ArgumentException("The queue is a port of this hub already.", nameof(queue));
            int number = Array.IndexOf(_ports, null);
            HubPort?[] ports = [.. _ports];
            if (number < 0)
            {
                number = ports.Length;
                Array.Resize(ref ports, number + 1);
            }

            HubPort port = new(this, number, queue, options ?? new());
            ports[number] = port;
            Thread thread = new(port.Run, StackSize) { IsBackground = true, Name = $"hub port {number}" };
            _threads.Add(port, thread);
            _ports = ports;
            thread.Start();
            return port;
        }
    }

    /// <summary>Takes out every port, closes their queues, and waits for their threads.</summary>
    public void Dispose()
    {
        List<(HubPort Port, Thread Thread)> all;
        lock (_lock)
        {
            _isDisposed = true;
            all = [.. _threads.Select(t => (t.Key, t.Value))];
        }

        foreach ((HubPort port, _) in all)
            port.Dispose();
        foreach ((_, Thread thread) in all)
        {
            // A port's thread that says goodbye by its callback may be the one that is here.
            if (thread != Thread.CurrentThread)
                thread.Join();
        }
    }

    /// <summary>Takes a port out.</summary>
    /// <returns>Whether it still was in.</returns>
    internal bool Remove(HubPort port, Exception? error = null)
    {
        lock (_lock)
        {
            if (port.IsRemoved)
                return false;
            port.MarkRemoved(error);
            HubPort?[] ports = [.. _ports];
            ports[port.Number] = null;
            _ports = ports;
            _threads.Remove(port);
            _table.RemovePort(port.Number);
            return true;
        }
    }

    internal void Report(HubPort port) => _portFailed?.Invoke(port);

    internal HubPortCounters Snapshot(HubPort port)
    {
        lock (_lock)
            return port.Counts.SnapshotLocked(port.IsRemoved ? 0 : _table.CountOf(port.Number));
    }
}
