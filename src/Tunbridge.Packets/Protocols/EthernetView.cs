// SPDX-License-Identifier: Apache-2.0
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.Packets;

/// <summary>
/// An Ethernet frame viewed in place, without preamble and check sequence (IEEE 802.3, RFC 894). The view
/// borrows the bytes it was parsed from.
/// </summary>
public readonly ref struct EthernetView
{
    // 0             6             12          14
    // | destination | source      | EtherType | payload…

    private const int SourceOffset = 6;
    private const int TypeOffset = 12;

    /// <summary>Bytes of the header without VLAN tags.</summary>
    public const int HeaderSize = 14;

    /// <summary>VLAN tags that <see cref="TrySkipTags"/> follows before it gives up.</summary>
    public const int MaximumTagCount = 4;

    // Values below are a length, of an IEEE 802.2 LLC frame (IEEE 802.3 clause 3.2.6).
    private const int FirstEtherType = 0x0600;

    private readonly ReadOnlySpan<byte> _bytes;

    private EthernetView(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Views a frame; false when it is shorter than a header.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out EthernetView view)
    {
        view = default;
        if (bytes.Length < HeaderSize) return false;
        view = new EthernetView(bytes);
        return true;
    }

    /// <summary>Who the frame is for.</summary>
    public MacAddress Destination => MacAddress.Read(_bytes);

    /// <summary>Who sent the frame.</summary>
    public MacAddress Source => MacAddress.Read(_bytes[SourceOffset..]);

    /// <summary>The protocol right after the addresses: a VLAN tag's when there is one.</summary>
    public EtherType EtherType => (EtherType)ReadUInt16BigEndian(_bytes[TypeOffset..]);

    /// <summary>The type field is the length of an IEEE 802.2 LLC frame instead of a protocol.</summary>
    public bool IsLogicalLinkControl => (ushort)EtherType < FirstEtherType;

    /// <summary>
    /// The bytes after the header: what <see cref="EtherType"/> names, and the link's padding.
    /// </summary>
    public ReadOnlySpan<byte> Payload => _bytes[HeaderSize..];

    /// <summary>
    /// Finds the protocol behind any VLAN tags, and where it starts; false when a tag is cut short or
    /// there are more than <see cref="MaximumTagCount"/>.
    /// </summary>
    /// <param name="etherType">The protocol carried.</param>
    /// <param name="offset">Bytes from the start of the frame to that protocol's header.</param>
    public bool TrySkipTags(out EtherType etherType, out int offset)
    {
        etherType = EtherType;
        offset = HeaderSize;
        for (int tags = 0; etherType is EtherType.Vlan or EtherType.ServiceVlan; tags++)
        {
            if (tags == MaximumTagCount || !VlanView.TryParse(_bytes[offset..], out VlanView tag)) return false;
            etherType = tag.EtherType;
            offset += VlanView.HeaderSize;
        }

        return true;
    }

    /// <summary>Writes a header and returns its length, 14 bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public static int Write(Span<byte> destination, MacAddress to, MacAddress from, EtherType etherType)
    {
        WireBuffer.Require(destination, HeaderSize);
        to.CopyTo(destination);
        from.CopyTo(destination[SourceOffset..]);
        WriteUInt16BigEndian(destination[TypeOffset..], (ushort)etherType);
        return HeaderSize;
    }

    /// <summary>Swaps the two addresses of a frame of at least 12 bytes.</summary>
    internal static void SwapAddresses(Span<byte> frame)
    {
        MacAddress to = MacAddress.Read(frame);
        frame.Slice(SourceOffset, MacAddress.Size).CopyTo(frame);
        to.CopyTo(frame[SourceOffset..]);
    }

    /// <summary>
    /// What the frame carries, behind its tags, is not one of ours: who to whom, and what.
    /// </summary>
    internal void AppendTo(ref TextBuffer text, EtherType carried, int length)
    {
        text.Append(Source);
        text.Append(" > ");
        text.Append(Destination);
        if ((ushort)carried < FirstEtherType)
        {
            text.Append(", 802.3 LLC");
        }
        else
        {
            text.Append(", ethertype ");
            text.Append(Name(carried));
            text.Append(" (");
            text.AppendHex((uint)carried, "x4");
            text.Append(")");
        }

        text.Append(", length ");
        text.Append(length);
    }

    private static string Name(EtherType type) => type switch
    {
        EtherType.Ipv4 => "IPv4",
        EtherType.Arp => "ARP",
        EtherType.WakeOnLan => "Wake-on-LAN",
        EtherType.Vlan => "802.1Q",
        EtherType.Ipv6 => "IPv6",
        EtherType.FlowControl => "flow control",
        EtherType.Mpls => "MPLS",
        EtherType.PppoeDiscovery => "PPPoE discovery",
        EtherType.PppoeSession => "PPPoE session",
        EtherType.Eapol => "EAPOL",
        EtherType.ServiceVlan => "802.1ad",
        EtherType.Lldp => "LLDP",
        EtherType.MacSecurity => "MACsec",
        EtherType.PrecisionTime => "PTP",
        _ => "unknown",
    };
}
