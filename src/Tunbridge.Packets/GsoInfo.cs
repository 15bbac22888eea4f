// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

/// <summary>
/// How a superpacket is to be cut and its checksum finished; the default value describes an ordinary,
/// complete packet.
/// </summary>
/// <remarks>
/// The host-side values of the virtio-net header (virtio specification 1.2, section 5.1.6). Offsets count
/// from the first byte of the packet (or frame), not from the header that carried them.
/// </remarks>
public readonly record struct GsoInfo
{
    /// <summary>How the packet is cut; <see cref="GsoKind.None"/> for an ordinary packet.</summary>
    public GsoKind Kind { get; init; }

    /// <summary>
    /// Whether the TCP superpacket carries ECN marks that must survive cutting (VIRTIO_NET_HDR_GSO_ECN).
    /// </summary>
    public bool HasEcn { get; init; }

    /// <summary>
    /// Whether the transport checksum is unfinished: the field holds the un-inverted sum of the
    /// pseudo-header, and the sum from <see cref="ChecksumStart"/> to the end has yet to be put in
    /// (VIRTIO_NET_HDR_F_NEEDS_CSUM).
    /// </summary>
    public bool NeedsChecksum { get; init; }

    /// <summary>
    /// Whether the sender vouches for the checksum, so that it need not be verified
    /// (VIRTIO_NET_HDR_F_DATA_VALID).
    /// </summary>
    public bool IsChecksumValid { get; init; }

    /// <summary>
    /// Bytes of all headers that are repeated in each segment; a hint that may be 0 or too small.
    /// </summary>
    public ushort HeaderLength { get; init; }

    /// <summary>Bytes of payload in each segment but the last; 0 in an ordinary packet.</summary>
    public ushort SegmentSize { get; init; }

    /// <summary>
    /// Where summing starts, in bytes from the start of the packet; meaningful with
    /// <see cref="NeedsChecksum"/>.
    /// </summary>
    public ushort ChecksumStart { get; init; }

    /// <summary>
    /// Where the sum goes, in bytes after <see cref="ChecksumStart"/>; meaningful with
    /// <see cref="NeedsChecksum"/>.
    /// </summary>
    public ushort ChecksumOffset { get; init; }

    /// <summary>Whether the packet must be cut before a plain link can carry it.</summary>
    public bool IsSuperpacket => Kind != GsoKind.None;
}
