// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

// What a router owes the sender of a packet that does not fit the next link.
public static partial class PacketReply
{
    /// <summary>Bytes that <see cref="TryWritePacketTooBig"/> needs at most: the minimum MTU of IPv6.</summary>
    public const int MaximumErrorLength = 1280;

    /// <summary>
    /// Writes the answer of a router to an IP packet that is too big for the next link: "fragmentation
    /// needed" (RFC 1191) or "packet too big" (RFC 4443 section 3.2), in the name of the packet's
    /// destination.
    /// </summary>
    /// <param name="packet">The packet, from its IP header on.</param>
    /// <param name="mtu">The MTU of the next link, in bytes.</param>
    /// <param name="reply">Takes the answer, a whole IP packet; <see cref="MaximumErrorLength"/> bytes always suffice.</param>
    /// <param name="length">Bytes of the answer.</param>
    /// <returns>
    /// False, with nothing written, when no answer is due: an IPv4 packet that may be fragmented, an error message, a
    /// fragment other than the first, a packet from or to a group or nobody (RFC 1122 section 3.2.2, RFC 4443 section
    /// 2.4), or a malformed one.
    /// </returns>
    /// <exception cref="ArgumentException"><paramref name="reply"/> is too short.</exception>
    public static bool TryWritePacketTooBig(ReadOnlySpan<byte> packet, int mtu, Span<byte> reply, out int length)
    {
        length = 0;
        if (Ipv4View.TryParse(packet, out Ipv4View v4))
        {
            if (!v4.IsDontFragment || v4.FragmentOffset != 0 || !IsHost(v4.Source) || !IsHost(v4.Destination))
                return false;
            if (v4.Protocol == IpProtocol.Icmp && !IsEcho(v4.Payload))
                return false;
            const int HeaderLength = Ipv4View.MinimumHeaderSize;
            int payload = IcmpView.WriteDestinationUnreachable(
                reply[HeaderLength..], IcmpUnreachableCode.FragmentationNeeded, packet,
                (ushort)Math.Min(mtu, ushort.MaxValue));
            Ipv4Header header = new()
            {
                Source = v4.Destination,
                Destination = v4.Source,
                Protocol = IpProtocol.Icmp,
                IsDontFragment = false,
            };
            length = HeaderLength + payload;
            Ipv4View.Write(reply, header, payload);
            return true;
        }

        if (!Ipv6View.TryParse(packet, out Ipv6View v6) || !IsHost(v6.Source) || !IsHost(v6.Destination))
            return false;
        if (!v6.TryGetUpperLayer(out Ipv6UpperLayer upper) || upper.FragmentOffset != 0)
            return false;
        // Of a message that is cut short nobody can tell that it is no error.
        if (upper.Protocol == IpProtocol.Icmpv6
            && (!Icmpv6View.TryParse(packet[upper.Offset..], out Icmpv6View icmp) || icmp.IsError))
        {
            return false;
        }

        int written = Icmpv6View.WritePacketTooBig(
            reply[Ipv6View.HeaderSize..], v6.Destination, v6.Source, (uint)mtu, packet);
        length = Ipv6View.HeaderSize + written;
        Ipv6Header answer = new() { Source = v6.Destination, Destination = v6.Source, NextHeader = IpProtocol.Icmpv6 };
        Ipv6View.Write(reply, answer, written);
        return true;
    }

    // The messages that are questions or answers; every other one is, or may be, an error.
    private static bool IsEcho(ReadOnlySpan<byte> message) =>
        IcmpView.TryParse(message, out IcmpView icmp) &&
        icmp.Type is IcmpType.EchoRequest or IcmpType.EchoReply or IcmpType.TimestampRequest or IcmpType.TimestampReply;
}
