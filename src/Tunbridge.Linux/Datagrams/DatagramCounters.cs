// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Linux;

/// <summary>What a datagram socket did, counted; owned by the socket.</summary>
/// <remarks>Thread-safe; allocates nothing after construction. Bytes are those of payloads.</remarks>
public sealed class DatagramCounters
{
    private readonly long[] _refusals = new long[(int)DatagramOutcome.Other + 1];
    private readonly long[] _reports = new long[(int)DatagramOutcome.Other + 1];
    private long _sent, _sentBytes, _received, _receivedBytes, _truncated, _fallbacks, _lostReports;

    /// <summary>Datagrams the kernel took.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Their bytes.</summary>
    public long SentBytes => Interlocked.Read(ref _sentBytes);

    /// <summary>Datagrams received.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>Their bytes.</summary>
    public long ReceivedBytes => Interlocked.Read(ref _receivedBytes);

    /// <summary>Received runs that were longer than the batch's slots and lost their end.</summary>
    public long Truncated => Interlocked.Read(ref _truncated);

    /// <summary>How often a peer, or the socket, was found to do without UDP_SEGMENT.</summary>
    public long SegmentationFallbacks => Interlocked.Read(ref _fallbacks);

    /// <summary>Error reports that gave way to newer ones because nobody took them.</summary>
    public long LostReports => Interlocked.Read(ref _lostReports);

    /// <summary>Datagrams given up for a reason.</summary>
    /// <param name="reason">
    /// The reason; <see cref="DatagramOutcome.BufferFull"/> counts how often the socket was full.
    /// </param>
    public long Refused(DatagramOutcome reason) => At(_refusals, reason);

    /// <summary>Errors that the kernel reported of earlier datagrams in place of an answer.</summary>
    /// <param name="reason">The error.</param>
    public long Reported(DatagramOutcome reason) => At(_reports, reason);

    internal void AddSent(long datagrams, long bytes)
    {
        Interlocked.Add(ref _sent, datagrams);
        Interlocked.Add(ref _sentBytes, bytes);
    }

    internal void AddReceived(long datagrams, long bytes)
    {
        Interlocked.Add(ref _received, datagrams);
        Interlocked.Add(ref _receivedBytes, bytes);
    }

    internal void AddTruncated() => Interlocked.Increment(ref _truncated);

    internal void AddFallback() => Interlocked.Increment(ref _fallbacks);

    internal void AddLostReport() => Interlocked.Increment(ref _lostReports);

    internal void AddRefusal(DatagramOutcome reason, int datagrams = 1) =>
        Interlocked.Add(ref _refusals[(int)reason], datagrams);

    internal void AddReport(DatagramOutcome reason) => Interlocked.Increment(ref _reports[(int)reason]);

    private static long At(long[] counts, DatagramOutcome reason) =>
        (uint)reason < (uint)counts.Length ? Interlocked.Read(ref counts[(int)reason]) : 0;
}
