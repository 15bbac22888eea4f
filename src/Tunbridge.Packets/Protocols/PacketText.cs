// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

/// <summary>
/// Packets and frames as one line of text:
/// "IP 192.168.0.2 > 192.168.0.1: ICMP echo reply, id 7, seq 3, length 64".
/// </summary>
/// <remarks>
/// Takes any bytes: what is short, malformed or unknown is said in words. Only printable ASCII is written;
/// nothing of a payload is shown. Checksums are not judged, as cards with offload leave them to be
/// finished later. Thread-safe.
/// </remarks>
public static class PacketText
{
    /// <summary>Characters that are enough for every line.</summary>
    public const int MaximumLength = 1024;

    /// <summary>The line for a packet or frame, as a new string.</summary>
    /// <param name="packet">The bytes; whole, or their front.</param>
    /// <param name="layer">Whether they start with an IP or an Ethernet header.</param>
    public static string Format(ReadOnlySpan<byte> packet, DeviceLayer layer)
    {
        Span<char> line = stackalloc char[MaximumLength];
        TryFormat(packet, layer, line, out int written);
        return new string(line[..written]);
    }

    /// <summary>
    /// Writes the line for a packet or frame without allocation; false when <paramref name="destination"/>
    /// is too short, which then holds the front of it.
    /// </summary>
    /// <param name="packet">The bytes; whole, or their front.</param>
    /// <param name="layer">Whether they start with an IP or an Ethernet header.</param>
    /// <param name="destination">Takes the text; <see cref="MaximumLength"/> characters always do.</param>
    /// <param name="written">Characters written.</param>
    public static bool TryFormat(ReadOnlySpan<byte> packet, DeviceLayer layer, Span<char> destination, out int written)
    {
        TextBuffer text = new(destination);
        if (layer == DeviceLayer.Packet) AppendPacket(ref text, packet);
        else AppendFrame(ref text, packet);
        written = text.Length;
        return !text.IsFull;
    }

    private static void AppendPacket(ref TextBuffer text, ReadOnlySpan<byte> packet)
    {
        switch (packet.IsEmpty ? 0 : packet[0] >> 4)
        {
            case 4:
                IpText.AppendIpv4(ref text, packet);
                break;
            case 6:
                IpText.AppendIpv6(ref text, packet);
                break;
            default:
                text.Append(packet.IsEmpty ? "empty packet" : "unknown packet, first byte ");
                if (packet.IsEmpty) break;
                text.AppendHex(packet[0], "x2");
                text.Append(", length ");
                text.Append(packet.Length);
                break;
        }
    }

    private static void AppendFrame(ref TextBuffer text, ReadOnlySpan<byte> bytes)
    {
        if (!EthernetView.TryParse(bytes, out EthernetView frame))
        {
            text.Append("truncated-ethernet, ");
            text.Append(bytes.Length);
            text.Append(" bytes");
            return;
        }

        EtherType etherType = frame.EtherType;
        ReadOnlySpan<byte> payload = frame.Payload;
        for (int tags = 0; tags < EthernetView.MaximumTagCount; tags++)
        {
            if (etherType is not (EtherType.Vlan or EtherType.ServiceVlan)) break;
            if (!VlanView.TryParse(payload, out VlanView tag))
            {
                text.Append("truncated-vlan, ");
                break;
            }

            tag.AppendTo(ref text, etherType);
            etherType = tag.EtherType;
            payload = tag.Payload;
        }

        AppendNetwork(ref text, frame, etherType, payload);
    }

    private static void AppendNetwork(
        ref TextBuffer text, EthernetView frame, EtherType etherType, ReadOnlySpan<byte> payload)
    {
        switch (etherType)
        {
            case EtherType.Ipv4:
                IpText.AppendIpv4(ref text, payload);
                break;
            case EtherType.Ipv6:
                IpText.AppendIpv6(ref text, payload);
                break;
            case EtherType.Arp when ArpView.TryParse(payload, out ArpView arp):
                arp.AppendTo(ref text);
                break;
            case EtherType.Arp:
                text.Append(payload.Length < ArpView.Size ? "truncated-arp, " : "ARP of another kind, ");
                text.Append(payload.Length);
                text.Append(" bytes");
                break;
            default:
                frame.AppendTo(ref text, etherType, payload.Length);
                break;
        }
    }
}
