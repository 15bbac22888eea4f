// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Packets;
using Tunbridge.Packets.Switching;

namespace Tunbridge.Devices;

/// <summary>One port of a <see cref="Hub"/>.</summary>
/// <remarks>Thread-safe. Disposing takes it out of the hub and closes its queue.</remarks>
public sealed class HubPort : IDisposable
{
    // Reading stops when no superpacket fits any more: two or three in a batch, so that they are still near the processor
    // when they are written.
    private const int SlabSize = 192 * 1024;
    private const int BatchCapacity = 64;

    private readonly Hub _hub;
    private volatile bool _isRemoved;

    internal HubPort(Hub hub, int number, IPacketQueue queue, HubPortOptions options)
    {
        _hub = hub;
        Number = number;
        Queue = queue;
        Options = options;
        BroadcastLimit = Limit(options.BroadcastsPerSecond, nameof(options.BroadcastsPerSecond));
        MulticastLimit = Limit(options.MulticastsPerSecond, nameof(options.MulticastsPerSecond));
    }

    /// <summary>What the port reads and writes; owned by the hub.</summary>
    public IPacketQueue Queue { get; }

    /// <summary>How the hub treats it.</summary>
    public HubPortOptions Options { get; }

    /// <summary>Whether it is no longer a port: disposed, or failed.</summary>
    public bool IsRemoved => _isRemoved;

    /// <summary>What ended it; null while it goes on, and when it was disposed.</summary>
    public Exception? Error { get; private set; }

    /// <summary>What has passed it.</summary>
    public HubPortCounters Counters => _hub.Snapshot(this);

    /// <summary>Its place among the hub's ports: the number by which addresses are learned.</summary>
    internal int Number { get; }

    internal HubPortCounts Counts { get; } = new();

    internal TokenBucket? BroadcastLimit { get; }

    internal TokenBucket? MulticastLimit { get; }

    /// <summary>Takes the port out of the hub, forgets its addresses and closes its queue; from any thread.</summary>
    public void Dispose()
    {
        _hub.Remove(this);
        Queue.Dispose();
    }

    /// <summary>Under the hub's lock, once.</summary>
    internal void MarkRemoved(Exception? error)
    {
        Error = error;
        _isRemoved = true;
    }

    /// <summary>Ends the port for an error of its own queue.</summary>
    internal void Fail(Exception error)
    {
        // Its own thread and those that write to it may meet the end at the same time; and somebody may dispose it.
        if (!_hub.Remove(this, error))
            return;
        Queue.Dispose();
        _hub.Report(this);
    }

    /// <summary>Reads and hands over until the port is removed or fails; the body of its thread.</summary>
    internal void Run()
    {
        PacketBatch batch = new(BatchCapacity, SlabSize);
        int[] verdicts = new int[BatchCapacity];
        while (!_isRemoved)
        {
            batch.Clear();
            try
            {
                Queue.Read(batch, CancellationToken.None);
            }
            catch (Exception e)
            {
                // Whatever a port's queue does must not reach the others, or the program.
                Fail(e);
                return;
            }

            _hub.Switch(this, batch, verdicts);
        }
    }

    private static TokenBucket? Limit(int? perSecond, string option)
    {
        if (perSecond is not int rate)
            return null;
        if (rate < 1)
            throw new ArgumentException($"{option} is {rate}; it is at least 1, or null for no limit.");
        return new TokenBucket(rate, rate);
    }
}
