// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace Tunbridge.Packets;

/// <summary>
/// Reads and writes the virtio-net header that stands before each packet of a device with IFF_VNET_HDR.
/// </summary>
/// <remarks>
/// Layout (virtio specification 1.2, section 5.1.6; all two-byte fields in the byte order the device was set
/// to):
/// <code>
///  0       1          2           4          6            8             10            12 …
///  | flags | gso_type | hdr_len   | gso_size | csum_start | csum_offset | num_buffers | hash, tunnel …
/// </code>
/// A device's header is 10 bytes, or 12, 20 or 24; what lies past byte 10 means nothing on a TUN or TAP
/// without hash and tunnel features: ignored when read, written as zero. Pure, thread-safe, allocates
/// nothing.
/// </remarks>
public static class VirtioNetHeader
{
    /// <summary>Bytes of the shortest header, which all longer ones begin with.</summary>
    public const int MinimumSize = 10;

    /// <summary>Bytes of the longest header a device is set to here.</summary>
    public const int MaximumSize = 24;

    private const int FlagsOffset = 0;
    private const int KindOffset = 1;
    private const int HeaderLengthOffset = 2;
    private const int SegmentSizeOffset = 4;
    private const int ChecksumStartOffset = 6;
    private const int ChecksumOffsetOffset = 8;

    private const byte NeedsChecksumFlag = 1; // VIRTIO_NET_HDR_F_NEEDS_CSUM
    private const byte DataValidFlag = 2;     // VIRTIO_NET_HDR_F_DATA_VALID
    private const byte EcnBit = 0x80;         // VIRTIO_NET_HDR_GSO_ECN, a bit of gso_type

    /// <summary>Reads the description of the packet that follows the header.</summary>
    /// <param name="header">The header, of any size from <see cref="MinimumSize"/>.</param>
    /// <param name="littleEndian">
    /// The device's byte order (TUNSETVNETLE); a device that was never told uses the host's.
    /// </param>
    /// <param name="gso">
    /// The description; the default when the result is false. Unknown flag bits are dropped.
    /// </param>
    /// <returns>False when <paramref name="header"/> is too short.</returns>
    public static bool TryRead(ReadOnlySpan<byte> header, bool littleEndian, out GsoInfo gso)
    {
        if (header.Length < MinimumSize)
        {
            gso = default;
            return false;
        }

        byte flags = header[FlagsOffset];
        byte kind = header[KindOffset];
        gso = new GsoInfo
        {
            Kind = (GsoKind)(kind & ~EcnBit),
            HasEcn = (kind & EcnBit) != 0,
            NeedsChecksum = (flags & NeedsChecksumFlag) != 0,
            IsChecksumValid = (flags & DataValidFlag) != 0,
            HeaderLength = ReadField(header[HeaderLengthOffset..], littleEndian),
            SegmentSize = ReadField(header[SegmentSizeOffset..], littleEndian),
            ChecksumStart = ReadField(header[ChecksumStartOffset..], littleEndian),
            ChecksumOffset = ReadField(header[ChecksumOffsetOffset..], littleEndian),
        };
        return true;
    }

    /// <summary>Fills the header: <paramref name="gso"/> in the first 10 bytes, zero in the rest.</summary>
    /// <param name="header">
    /// As long as the device's header: 10, 12, 20 or 24 bytes; every byte is written.
    /// </param>
    /// <param name="gso">The description of the packet that follows.</param>
    /// <param name="littleEndian">The device's byte order.</param>
    /// <exception cref="ArgumentException">
    /// <paramref name="header"/> is shorter than <see cref="MinimumSize"/>.
    /// </exception>
    public static void Write(Span<byte> header, in GsoInfo gso, bool littleEndian)
    {
        if (header.Length < MinimumSize)
            throw new ArgumentException($"A virtio-net header takes at least {MinimumSize} bytes.", nameof(header));

        int needsChecksum = gso.NeedsChecksum ? NeedsChecksumFlag : 0;
        int dataValid = gso.IsChecksumValid ? DataValidFlag : 0;
        header[FlagsOffset] = (byte)(needsChecksum | dataValid);
        header[KindOffset] = (byte)((byte)gso.Kind | (gso.HasEcn ? EcnBit : 0));
        WriteField(header[HeaderLengthOffset..], gso.HeaderLength, littleEndian);
        WriteField(header[SegmentSizeOffset..], gso.SegmentSize, littleEndian);
        WriteField(header[ChecksumStartOffset..], gso.ChecksumStart, littleEndian);
        WriteField(header[ChecksumOffsetOffset..], gso.ChecksumOffset, littleEndian);
        header[MinimumSize..].Clear();
    }

    private static ushort ReadField(ReadOnlySpan<byte> field, bool littleEndian) => littleEndian
        ? BinaryPrimitives.ReadUInt16LittleEndian(field)
        : BinaryPrimitives.ReadUInt16BigEndian(field);

    private static void WriteField(Span<byte> field, ushort value, bool littleEndian)
    {
        if (littleEndian)
            BinaryPrimitives.WriteUInt16LittleEndian(field, value);
        else
            BinaryPrimitives.WriteUInt16BigEndian(field, value);
    }
}
