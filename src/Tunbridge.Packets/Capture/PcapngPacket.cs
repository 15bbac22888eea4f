// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Capture;

/// <summary>One packet of a capture, seen in the reader's buffer: valid until the reader goes on.</summary>
public readonly ref struct PcapngPacket
{
    internal PcapngPacket(
        PcapngInterface description, int interfaceNumber, ReadOnlySpan<byte> bytes, long originalLength,
        long nanoseconds, PacketDirection direction)
    {
        Interface = description;
        InterfaceNumber = interfaceNumber;
        Bytes = bytes;
        OriginalLength = originalLength;
        Nanoseconds = nanoseconds;
        Direction = direction;
    }

    /// <summary>The interface it was captured on.</summary>
    public PcapngInterface Interface { get; }

    /// <summary>The interface's number in its section.</summary>
    public int InterfaceNumber { get; }

    /// <summary>
    /// The bytes that were kept; fewer than <see cref="OriginalLength"/> where the packet was cut.
    /// </summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Its length on the wire, as the capture claims.</summary>
    public long OriginalLength { get; }

    /// <summary>
    /// When it was seen, in nanoseconds since 1970-01-01 UTC, held to the range of the type; 0 where the
    /// capture has no time.
    /// </summary>
    public long Nanoseconds { get; }

    /// <summary>When it was seen, to 100 nanoseconds.</summary>
    public DateTimeOffset Time => DateTimeOffset.UnixEpoch.AddTicks(Nanoseconds / 100);

    /// <summary>Which way it went, where the capture says.</summary>
    public PacketDirection Direction { get; }
}
