// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

// The message as text.
public readonly ref partial struct Icmpv6View
{
    internal void AppendTo(ref TextBuffer text)
    {
        text.Append("ICMP6, ");
        switch (Type)
        {
            case Icmpv6Type.EchoRequest or Icmpv6Type.EchoReply:
                text.Append(Type == Icmpv6Type.EchoRequest ? "echo request, id " : "echo reply, id ");
                text.Append((uint)Identifier);
                text.Append(", seq ");
                text.Append((uint)SequenceNumber);
                break;
            case Icmpv6Type.DestinationUnreachable:
                text.Append(UnreachableText((Icmpv6UnreachableCode)Code));
                if (Code > (byte)Icmpv6UnreachableCode.RejectRoute) text.Append((uint)Code);
                QuotedText.AppendTo(ref text, Payload);
                break;
            case Icmpv6Type.PacketTooBig:
                text.Append("packet too big, mtu ");
                text.Append(Mtu);
                QuotedText.AppendTo(ref text, Payload);
                break;
            case Icmpv6Type.TimeExceeded:
                text.Append(Code switch
                {
                    0 => "time exceeded in transit",
                    1 => "reassembly time exceeded",
                    _ => "time exceeded, unknown code ",
                });
                if (Code > 1) text.Append((uint)Code);
                QuotedText.AppendTo(ref text, Payload);
                break;
            case Icmpv6Type.NeighborSolicitation or Icmpv6Type.NeighborAdvertisement
                when NeighborView.TryParse(_bytes, out NeighborView neighbor):
                neighbor.AppendTo(ref text);
                break;
            case Icmpv6Type.RouterSolicitation or Icmpv6Type.RouterAdvertisement
                when RouterView.TryParse(_bytes, out RouterView router):
                router.AppendTo(ref text);
                break;
            case Icmpv6Type.NeighborSolicitation or Icmpv6Type.NeighborAdvertisement
                or Icmpv6Type.RouterSolicitation or Icmpv6Type.RouterAdvertisement:
                text.Append("malformed ");
                text.Append(Name(Type));
                break;
            default:
                text.Append(Name(Type));
                text.Append(", type ");
                text.Append((uint)Type);
                text.Append(", code ");
                text.Append((uint)Code);
                break;
        }

        text.Append(", length ");
        text.Append(_bytes.Length);
    }

    internal static string Name(Icmpv6Type type) => type switch
    {
        Icmpv6Type.ParameterProblem => "parameter problem",
        Icmpv6Type.MulticastListenerQuery => "multicast listener query",
        Icmpv6Type.MulticastListenerReport => "multicast listener report",
        Icmpv6Type.MulticastListenerDone => "multicast listener done",
        Icmpv6Type.RouterSolicitation => "router solicitation",
        Icmpv6Type.RouterAdvertisement => "router advertisement",
        Icmpv6Type.NeighborSolicitation => "neighbor solicitation",
        Icmpv6Type.NeighborAdvertisement => "neighbor advertisement",
        Icmpv6Type.Redirect => "redirect",
        Icmpv6Type.MulticastListenerReportV2 => "multicast listener report v2",
        _ => "unknown",
    };

    private static string UnreachableText(Icmpv6UnreachableCode code) => code switch
    {
        Icmpv6UnreachableCode.NoRoute => "unreachable, no route",
        Icmpv6UnreachableCode.AdministrativelyProhibited => "unreachable, administratively prohibited",
        Icmpv6UnreachableCode.BeyondScope => "unreachable, beyond scope of source address",
        Icmpv6UnreachableCode.Address => "address unreachable",
        Icmpv6UnreachableCode.Port => "port unreachable",
        Icmpv6UnreachableCode.SourcePolicy => "unreachable, source address failed policy",
        Icmpv6UnreachableCode.RejectRoute => "unreachable, route rejects",
        _ => "unreachable, unknown code ",
    };
}
