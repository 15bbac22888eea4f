// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Capture;

/// <summary>The numbers of the pcapng format (IETF draft-ietf-opsawg-pcapng, sections 3 and 4).</summary>
/// <remarks>
/// Every block:
/// <code>
///  0      4              8                    length - 4
///  | type | total length | body, padded to 4 … | total length |
/// </code>
/// </remarks>
internal static class PcapngFormat
{
    internal const uint SectionHeaderBlock = 0x0A0D0D0A; // reads the same in both byte orders
    internal const uint InterfaceDescriptionBlock = 1;
    internal const uint SimplePacketBlock = 3;
    internal const uint InterfaceStatisticsBlock = 5;
    internal const uint EnhancedPacketBlock = 6;

    internal const uint ByteOrderMagic = 0x1A2B3C4D;
    internal const ushort MajorVersion = 1;

    internal const int BlockHeaderSize = 8;
    internal const int BlockTrailerSize = 4;
    internal const int MinimumBlockSize = BlockHeaderSize + BlockTrailerSize;
    internal const int SectionHeaderBodySize = 16;
    internal const int InterfaceBodySize = 8;
    internal const int EnhancedPacketBodySize = 20;
    internal const int SimplePacketBodySize = 4;

    internal const int OptionHeaderSize = 4;
    internal const ushort EndOfOptions = 0;
    internal const ushort SectionApplicationOption = 4;  // shb_userappl
    internal const ushort InterfaceNameOption = 2;       // if_name
    internal const ushort InterfaceResolutionOption = 9; // if_tsresol
    internal const ushort InterfaceOffsetOption = 14;    // if_tsoffset
    internal const ushort PacketFlagsOption = 2;         // epb_flags
    internal const ushort StatisticsReceivedOption = 4;  // isb_ifrecv
    internal const ushort StatisticsDroppedOption = 5;   // isb_ifdrop

    internal static int Pad(int length) => (length + 3) & ~3;
}
