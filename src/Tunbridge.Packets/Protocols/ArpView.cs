// SPDX-License-Identifier: Apache-2.0
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.Packets;

/// <summary>
/// An ARP message for IPv4 on Ethernet, viewed in place (RFC 826, RFC 5227). The view borrows the bytes it
/// was parsed from.
/// </summary>
public readonly ref struct ArpView
{
    // 0     2     4   5   6     8            14          18           24          28
    // | 1   |0800 | 6 | 4 | op  | sender MAC | sender IP | target MAC | target IP |

    private const int ProtocolOffset = 2;
    private const int SizesOffset = 4;
    private const int OperationOffset = 6;
    private const int SenderMacOffset = 8;
    private const int SenderAddressOffset = 14;
    private const int TargetMacOffset = 18;
    private const int TargetAddressOffset = 24;

    private const ushort EthernetHardware = 1;
    private const ushort AddressSizes = 0x0604; // six bytes of MAC, four of IPv4

    /// <summary>Bytes of a message; padding of the frame may follow.</summary>
    public const int Size = 28;

    private readonly ReadOnlySpan<byte> _bytes;

    private ArpView(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Views a message; false when it is short or not about IPv4 on Ethernet.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out ArpView view)
    {
        view = default;
        if (bytes.Length < Size
            || ReadUInt16BigEndian(bytes) != EthernetHardware
            || ReadUInt16BigEndian(bytes[ProtocolOffset..]) != (ushort)EtherType.Ipv4
            || ReadUInt16BigEndian(bytes[SizesOffset..]) != AddressSizes)
        {
            return false;
        }

        view = new ArpView(bytes[..Size]);
        return true;
    }

    /// <summary>What the message asks or says.</summary>
    public ArpOperation Operation => (ArpOperation)ReadUInt16BigEndian(_bytes[OperationOffset..]);

    /// <summary>The sender's MAC.</summary>
    public MacAddress SenderMac => MacAddress.Read(_bytes[SenderMacOffset..]);

    /// <summary>The sender's address; 0 in a probe.</summary>
    public uint SenderAddress => ReadUInt32BigEndian(_bytes[SenderAddressOffset..]);

    /// <summary>The MAC of the one asked or told; not meant in a request.</summary>
    public MacAddress TargetMac => MacAddress.Read(_bytes[TargetMacOffset..]);

    /// <summary>The address asked for, or of the one told.</summary>
    public uint TargetAddress => ReadUInt32BigEndian(_bytes[TargetAddressOffset..]);

    /// <summary>
    /// The sender tests whether an address is taken before it uses it (RFC 5227 section 2.1.1).
    /// </summary>
    public bool IsProbe => Operation == ArpOperation.Request && SenderAddress == 0;

    /// <summary>The sender announces its own address (RFC 5227 section 2.3).</summary>
    public bool IsGratuitous => SenderAddress == TargetAddress && SenderAddress != 0;

    /// <summary>Writes a message and returns its length, 28 bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public static int Write(
        Span<byte> destination,
        ArpOperation operation,
        MacAddress senderMac,
        uint senderAddress,
        MacAddress targetMac,
        uint targetAddress)
    {
        WireBuffer.Require(destination, Size);
        WriteUInt16BigEndian(destination, EthernetHardware);
        WriteUInt16BigEndian(destination[ProtocolOffset..], (ushort)EtherType.Ipv4);
        WriteUInt16BigEndian(destination[SizesOffset..], AddressSizes);
        WriteUInt16BigEndian(destination[OperationOffset..], (ushort)operation);
        senderMac.CopyTo(destination[SenderMacOffset..]);
        WriteUInt32BigEndian(destination[SenderAddressOffset..], senderAddress);
        targetMac.CopyTo(destination[TargetMacOffset..]);
        WriteUInt32BigEndian(destination[TargetAddressOffset..], targetAddress);
        return Size;
    }

    internal void AppendTo(ref TextBuffer text)
    {
        text.Append("ARP ");
        switch (Operation)
        {
            case ArpOperation.Request:
                text.Append(IsProbe ? "probe " : IsGratuitous ? "announce " : "who-has ");
                text.AppendIpv4(TargetAddress);
                text.Append(IsProbe || IsGratuitous ? " from " : " tell ");
                if (IsProbe || IsGratuitous) text.Append(SenderMac);
                else text.AppendIpv4(SenderAddress);
                break;
            case ArpOperation.Reply:
                text.Append("reply ");
                text.AppendIpv4(SenderAddress);
                text.Append(" is-at ");
                text.Append(SenderMac);
                break;
            default:
                text.Append("unknown operation ");
                text.Append((uint)Operation);
                text.Append(", sender ");
                text.AppendIpv4(SenderAddress);
                text.Append(", target ");
                text.AppendIpv4(TargetAddress);
                break;
        }
    }
}
