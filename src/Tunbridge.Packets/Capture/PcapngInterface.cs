// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Capture;

/// <summary>An interface as a capture describes it (Interface Description Block).</summary>
public sealed record PcapngInterface
{
    /// <summary>What its packets begin with.</summary>
    public required PcapngLinkType LinkType { get; init; }

    /// <summary>
    /// Its name (if_name), or null where the capture gives none. Text from the file: escape it before
    /// printing.
    /// </summary>
    public string? Name { get; init; }

    /// <summary>The most bytes kept of a packet; 0 for no limit.</summary>
    public uint SnapLength { get; init; }

    /// <summary>
    /// The unit of its time stamps (if_tsresol): with the top bit clear, 10 to the power of minus this; with
    /// it set, 2 to the power of minus the other seven bits. 6 (microseconds) where the capture does not say;
    /// the writer uses 9.
    /// </summary>
    public byte TimestampResolution { get; init; } = 6;

    /// <summary>Seconds to add to its time stamps (if_tsoffset).</summary>
    public long TimestampOffsetSeconds { get; init; }
}
