// SPDX-License-Identifier: Apache-2.0
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.Packets;

/// <summary>The packet an ICMP or ICMPv6 error quotes: " (for UDP 10.0.0.1.5 > 10.0.0.2.9)".</summary>
internal static class QuotedText
{
    private const int PortsSize = 4;

    public static void AppendTo(ref TextBuffer text, ReadOnlySpan<byte> quoted)
    {
        if (Ipv4View.TryParseQuoted(quoted, out Ipv4View v4))
        {
            ReadOnlySpan<byte> transport = v4.FragmentOffset == 0 ? v4.Payload : default;
            bool hasPorts = HasPorts(v4.Protocol, transport);
            Open(ref text, v4.Protocol);
            text.AppendIpv4(v4.Source);
            AppendPort(ref text, hasPorts, transport, 0);
            text.Append(" > ");
            text.AppendIpv4(v4.Destination);
            AppendPort(ref text, hasPorts, transport, 2);
            text.Append(")");
        }
        else if (Ipv6View.TryParseQuoted(quoted, out Ipv6View v6))
        {
            // A chain cut short by the quotation leaves the last header that was whole.
            bool isWhole = v6.TryGetUpperLayer(out Ipv6UpperLayer upper);
            ReadOnlySpan<byte> transport = isWhole && upper.FragmentOffset == 0
                ? v6.Payload[(upper.Offset - Ipv6View.HeaderSize)..]
                : default;
            bool hasPorts = HasPorts(upper.Protocol, transport);
            Open(ref text, upper.Protocol);
            text.AppendIpv6(v6.Source);
            AppendPort(ref text, hasPorts, transport, 0);
            text.Append(" > ");
            text.AppendIpv6(v6.Destination);
            AppendPort(ref text, hasPorts, transport, 2);
            text.Append(")");
        }
    }

    private static void Open(ref TextBuffer text, IpProtocol protocol)
    {
        text.Append(" (for ");
        IpText.AppendProtocol(ref text, protocol);
        text.Append(" ");
    }

    private static bool HasPorts(IpProtocol protocol, ReadOnlySpan<byte> transport) =>
        protocol is IpProtocol.Tcp or IpProtocol.Udp && transport.Length >= PortsSize;

    private static void AppendPort(ref TextBuffer text, bool hasPorts, ReadOnlySpan<byte> transport, int offset)
    {
        if (!hasPorts) return;
        text.Append(".");
        text.Append((uint)ReadUInt16BigEndian(transport[offset..]));
    }
}
