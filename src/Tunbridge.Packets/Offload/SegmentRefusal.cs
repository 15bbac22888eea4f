// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

/// <summary>Why <see cref="Segmenter"/> does not cut a packet; a reason to drop and count it.</summary>
public enum SegmentRefusal : byte
{
    /// <summary>It was not refused.</summary>
    None = 0,

    /// <summary>The headers that have to be repeated reach beyond the end of the packet.</summary>
    HeaderTruncated,

    /// <summary>There are more than <see cref="Segmenter.MaximumHeaderLength"/> bytes of headers.</summary>
    HeaderTooLong,

    /// <summary>
    /// The packet is not of the IP version or transport its <see cref="GsoKind"/> names, or that cannot be told.
    /// </summary>
    KindMismatch,

    /// <summary>
    /// The <see cref="GsoKind"/> is none that is cut here: UFO, or one of the tunnel kinds of newer kernels.
    /// </summary>
    KindNotSupported,

    /// <summary>A superpacket with a segment size of 0.</summary>
    SegmentSizeZero,

    /// <summary>The length in the IP header is not the packet's.</summary>
    LengthMismatch,

    /// <summary>The superpacket is a fragment of something larger.</summary>
    Fragment,

    /// <summary>The checksum field that has to be filled lies outside the packet.</summary>
    ChecksumOutOfRange,

    /// <summary>
    /// The superpacket's unfinished checksum is not where its transport header has one.
    /// </summary>
    ChecksumMisplaced,

    /// <summary>
    /// The superpacket needs an unfinished checksum and has none: UDP, or IPv6 with a routing header.
    /// </summary>
    ChecksumMissing,
}
