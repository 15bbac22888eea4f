// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Devices;

/// <summary>The counts of one port.</summary>
internal sealed class HubPortCounts
{
    // Of frames that came in: under the hub's lock.
    internal long Received;
    internal long ReceivedBytes;
    internal long Flooded;
    internal long Filtered;
    internal long Reserved;
    internal long Invalid;
    internal long BroadcastLimited;
    internal long MulticastLimited;
    internal long Moved;
    internal long NotLearned;

    // Of frames that went out: from every port's thread, without the lock.
    private long _sent;
    private long _sentBytes;
    private long _refused;

    internal void CountSent(int length)
    {
        Interlocked.Increment(ref _sent);
        Interlocked.Add(ref _sentBytes, length);
    }

    internal void CountRefused() => Interlocked.Increment(ref _refused);

    /// <summary>All of them, for a caller that holds the hub's lock.</summary>
    internal HubPortCounters SnapshotLocked(int addresses) => new()
    {
        Received = Received,
        ReceivedBytes = ReceivedBytes,
        Sent = Interlocked.Read(ref _sent),
        SentBytes = Interlocked.Read(ref _sentBytes),
        Refused = Interlocked.Read(ref _refused),
        Flooded = Flooded,
        Filtered = Filtered,
        Reserved = Reserved,
        Invalid = Invalid,
        BroadcastLimited = BroadcastLimited,
        MulticastLimited = MulticastLimited,
        Addresses = addresses,
        Moved = Moved,
        NotLearned = NotLearned,
    };
}
