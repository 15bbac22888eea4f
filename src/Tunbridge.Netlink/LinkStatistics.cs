// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Tunbridge.Netlink;

/// <summary>A card's counters since it was made (struct rtnl_link_stats64).</summary>
/// <remarks>
/// Receive and transmit are the kernel's view: on a TUN or TAP card, transmitted is what the program reads and
/// received is what it writes.
/// </remarks>
public sealed record LinkStatistics
{
    /// <summary>Packets received.</summary>
    public ulong ReceivedPackets { get; init; }

    /// <summary>Packets transmitted.</summary>
    public ulong TransmittedPackets { get; init; }

    /// <summary>Bytes received.</summary>
    public ulong ReceivedBytes { get; init; }

    /// <summary>Bytes transmitted.</summary>
    public ulong TransmittedBytes { get; init; }

    /// <summary>Bad packets received.</summary>
    public ulong ReceiveErrors { get; init; }

    /// <summary>Packets that could not be transmitted.</summary>
    public ulong TransmitErrors { get; init; }

    /// <summary>Packets received and dropped, for want of room or because nobody wanted them.</summary>
    public ulong ReceiveDropped { get; init; }

    /// <summary>Packets dropped on their way to transmission.</summary>
    public ulong TransmitDropped { get; init; }

    /// <summary>Multicast packets received.</summary>
    public ulong Multicast { get; init; }

    /// <summary>Collisions while transmitting.</summary>
    public ulong Collisions { get; init; }

    /// <summary>Packets received with a wrong length.</summary>
    public ulong ReceiveLengthErrors { get; init; }

    /// <summary>Packets that overflowed the receiver.</summary>
    public ulong ReceiveOverErrors { get; init; }

    /// <summary>Packets received with a wrong checksum.</summary>
    public ulong ReceiveCrcErrors { get; init; }

    /// <summary>Frames received with a wrong alignment.</summary>
    public ulong ReceiveFrameErrors { get; init; }

    /// <summary>Receive queue overruns.</summary>
    public ulong ReceiveFifoErrors { get; init; }

    /// <summary>Packets missed by the receiver.</summary>
    public ulong ReceiveMissedErrors { get; init; }

    /// <summary>Transmissions aborted.</summary>
    public ulong TransmitAbortedErrors { get; init; }

    /// <summary>Transmissions that lost the carrier.</summary>
    public ulong TransmitCarrierErrors { get; init; }

    /// <summary>Transmit queue overruns.</summary>
    public ulong TransmitFifoErrors { get; init; }

    /// <summary>Transmissions without heartbeat.</summary>
    public ulong TransmitHeartbeatErrors { get; init; }

    /// <summary>Late collisions.</summary>
    public ulong TransmitWindowErrors { get; init; }

    /// <summary>Compressed packets received.</summary>
    public ulong ReceivedCompressed { get; init; }

    /// <summary>Compressed packets transmitted.</summary>
    public ulong TransmittedCompressed { get; init; }

    /// <summary>Packets received that no protocol wanted.</summary>
    public ulong ReceiveNoHandler { get; init; }

    internal static LinkStatistics Parse(ReadOnlySpan<byte> value)
    {
        return new()
        {
            ReceivedPackets = Counter(value, 0),
            TransmittedPackets = Counter(value, 1),
            ReceivedBytes = Counter(value, 2),
            TransmittedBytes = Counter(value, 3),
            ReceiveErrors = Counter(value, 4),
            TransmitErrors = Counter(value, 5),
            ReceiveDropped = Counter(value, 6),
            TransmitDropped = Counter(value, 7),
            Multicast = Counter(value, 8),
            Collisions = Counter(value, 9),
            ReceiveLengthErrors = Counter(value, 10),
            ReceiveOverErrors = Counter(value, 11),
            ReceiveCrcErrors = Counter(value, 12),
            ReceiveFrameErrors = Counter(value, 13),
            ReceiveFifoErrors = Counter(value, 14),
            ReceiveMissedErrors = Counter(value, 15),
            TransmitAbortedErrors = Counter(value, 16),
            TransmitCarrierErrors = Counter(value, 17),
            TransmitFifoErrors = Counter(value, 18),
            TransmitHeartbeatErrors = Counter(value, 19),
            TransmitWindowErrors = Counter(value, 20),
            ReceivedCompressed = Counter(value, 21),
            TransmittedCompressed = Counter(value, 22),
            ReceiveNoHandler = Counter(value, 23),
        };
    }

    // Older kernels send a shorter structure: what is missing is zero.
    private static ulong Counter(ReadOnlySpan<byte> value, int index) =>
        value.Length >= (index + 1) * 8 ? MemoryMarshal.Read<ulong>(value[(index * 8)..]) : 0;
}
