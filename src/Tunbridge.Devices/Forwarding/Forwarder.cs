// SPDX-License-Identifier: Apache-2.0
using System.Runtime.ExceptionServices;
using Tunbridge.Linux;
using Tunbridge.Packets;
using Tunbridge.Packets.Capture;

namespace Tunbridge.Devices;

/// <summary>Joins two cards of one kind as a cable would, superpackets whole, until it is cancelled.</summary>
/// <remarks>
/// <para>Each direction of each queue has a thread of its own; a flow keeps its order. A card that is down, full or gone
/// costs the packets that are for it, which are counted, and nothing else; when one that was deleted is there again, it is
/// attached to. Packets too big for the other card are dropped as a switch or answered as a router would. Theory of
/// operation: docs/forwarding.md.</para>
/// <para>Counters may be read from any thread. Passing packets allocates nothing.</para>
/// </remarks>
public sealed class Forwarder : IDisposable
{
    private const int StackSize = 256 * 1024;

    private readonly JoinedCard _first;
    private readonly JoinedCard _second;
    private readonly ForwardingLane[] _forth;
    private readonly ForwardingLane[] _back;
    private readonly ManualResetEventSlim _ended = new(true);
    private Exception? _failure;
    private int _hasRun;
    private int _isDisposed;

    /// <summary>Joins two cards; nothing passes before <see cref="Run"/>.</summary>
    /// <param name="first">The one. Owned by the forwarder on success, which closes it at the end.</param>
    /// <param name="second">The other, likewise.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="ArgumentException">They are the same card, or one is a TUN and the other a TAP.</exception>
    /// <exception cref="LinuxException">A card is gone, or its namespace may not be listened to.</exception>
    public Forwarder(VirtualDevice first, VirtualDevice second, ForwarderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        options ??= new();
        ThrowIfUnlike(first, second);
        _first = new JoinedCard(first, isFirst: true, options.CardChanged);
        try
        {
            _second = new JoinedCard(second, isFirst: false, options.CardChanged);
            // One interface, as tcpdump reads no file with two TUNs.
            int tapInterface = options.Tap?.AddInterface(_first.Layer, _first.Name) ?? 0;
            _forth = MakeLanes(_first, _second, options, tapInterface, PacketDirection.Outbound);
            _back = MakeLanes(_second, _first, options, tapInterface, PacketDirection.Inbound);
        }
        catch
        {
            _second?.Release();
            _first.Release();
            throw;
        }
    }

    /// <summary>What has passed from the first card to the second.</summary>
    public ForwardingCounters FirstToSecond => Sum(_forth);

    /// <summary>What has passed from the second card to the first.</summary>
    public ForwardingCounters SecondToFirst => Sum(_back);

    /// <summary>Passes packets until cancelled or disposed; then both cards are closed. Once only.</summary>
    /// <param name="cancellationToken">Ends it at once, without an exception.</param>
    /// <exception cref="InvalidOperationException">It has been run before.</exception>
    /// <exception cref="LinuxException">The kernel refused what it always does, for want of memory say.</exception>
    public void Run(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _hasRun, 1) != 0)
            throw new InvalidOperationException("A forwarder runs once: its cards are closed at the end.");
        _ended.Reset();
        try
        {
            using CancellationTokenRegistration stop =
                cancellationToken.UnsafeRegister(static f => ((Forwarder)f!).Stop(), this);
            List<Thread> threads = [];
            Start(threads, _first.Watch, $"watch {_first.Name}");
            Start(threads, _second.Watch, $"watch {_second.Name}");
            foreach (ForwardingLane lane in (ForwardingLane[])[.. _forth, .. _back])
                Start(threads, lane.Run, "forward");
            foreach (Thread thread in threads)
                thread.Join();
        }
        finally
        {
            // Each watch has closed its card already, unless it could not be started.
            _first.Close();
            _second.Close();
            _ended.Set();
        }

        if (_failure is Exception failure)
            ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>Ends <see cref="Run"/>, from any thread, waits for it, and closes both cards.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        Stop();
        _ended.Wait();
        _first.Dispose();
        _second.Dispose();
        _ended.Dispose();
    }

    private void Start(List<Thread> threads, Action body, string name)
    {
        Thread thread = new(() => Guard(body), StackSize) { IsBackground = true, Name = name };
        thread.Start();
        threads.Add(thread);
    }

    // What one thread cannot live with ends all of them, and is what Run reports.
    private void Guard(Action body)
    {
        try
        {
            body();
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref _failure, e, null);
            Stop();
        }
    }

    private void Stop()
    {
        _first.Stop();
        _second.Stop();
    }

    private static ForwardingLane[] MakeLanes(
        JoinedCard from, JoinedCard to, ForwarderOptions options, int tapInterface, PacketDirection direction)
    {
        ForwardingLane[] lanes = new ForwardingLane[from.QueueCount];
        for (int i = 0; i < lanes.Length; i++)
            lanes[i] = new ForwardingLane(from, to, i, options.Mode, options.Tap, tapInterface, direction);
        return lanes;
    }

    private static ForwardingCounters Sum(ForwardingLane[] lanes)
    {
        ForwardingCounters sum = new();
        foreach (ForwardingLane lane in lanes)
            sum = ForwardingCounters.Add(sum, lane.Counts.Snapshot());
        return sum;
    }

    private static void ThrowIfUnlike(VirtualDevice first, VirtualDevice second)
    {
        if (ReferenceEquals(first, second) || IsSameCard(first, second))
            throw new ArgumentException($"{first.Name} cannot be joined with itself.", nameof(second));
        if (first.Layer != second.Layer)
        {
            throw new ArgumentException(
                $"{first.Name} is a {Kind(first)} and {second.Name} a {Kind(second)}: a TUN carries packets, a TAP " +
                "frames; join two of one kind.",
                nameof(second));
        }
    }

    private static bool IsSameCard(VirtualDevice first, VirtualDevice second)
    {
        if (first.Name != second.Name)
            return false;
        using NetworkNamespace? one = first.TryGetNamespace();
        using NetworkNamespace? other = second.TryGetNamespace();
        return one?.Inode == other?.Inode;
    }

    private static string Kind(VirtualDevice device) => device.Layer == DeviceLayer.Frame ? "TAP" : "TUN";
}
