// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Tunbridge.Netlink.Wire;

namespace Tunbridge.Netlink;

public sealed partial record Rule
{
    private const uint InvertFlag = 2;

    /// <summary>Reads the payload of RTM_NEWRULE or RTM_DELRULE.</summary>
    /// <remarks>
    /// <code>
    /// struct fib_rule_hdr: | family 1 | dst length 1 | src length 1 | tos 1 | table 1 | - 2 | action 1 | flags 4 |
    /// </code>
    /// </remarks>
    internal static Rule? Parse(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < WireSize.FibRuleHdr || payload[0] is not (Af.AF_INET or Af.AF_INET6))
            return null;
        bool isIPv6 = payload[0] == Af.AF_INET6;
        IPAddress? from = null, to = null;
        string? input = null, output = null;
        // The kernel leaves a priority of 0 out.
        uint table = payload[4], priority = 0;
        uint? mark = null, mask = null, target = null, first = null, last = null;
        int suppress = -1;
        byte? ipProtocol = null;
        byte protocol = 0;
        AttributeReader reader = new(payload[WireSize.FibRuleHdr..]);
        while (reader.MoveNext())
        {
            switch ((RuleAttribute)reader.Type)
            {
                case RuleAttribute.FRA_SRC: from = reader.Address; break;
                case RuleAttribute.FRA_DST: to = reader.Address; break;
                case RuleAttribute.FRA_IIFNAME: input = reader.Text; break;
                case RuleAttribute.FRA_OIFNAME: output = reader.Text; break;
                case RuleAttribute.FRA_PRIORITY: priority = reader.UInt32; break;
                case RuleAttribute.FRA_FWMARK: mark = reader.UInt32; break;
                case RuleAttribute.FRA_FWMASK: mask = reader.UInt32; break;
                case RuleAttribute.FRA_TABLE: table = reader.UInt32; break;
                case RuleAttribute.FRA_GOTO: target = reader.UInt32; break;
                case RuleAttribute.FRA_SUPPRESS_PREFIXLEN: suppress = reader.Int32; break;
                case RuleAttribute.FRA_IP_PROTO: ipProtocol = reader.Byte; break;
                case RuleAttribute.FRA_PROTOCOL: protocol = reader.Byte; break;
                case RuleAttribute.FRA_UID_RANGE when reader.Value.Length >= 8:
                    first = MemoryMarshal.Read<uint>(reader.Value);
                    last = MemoryMarshal.Read<uint>(reader.Value[4..]);
                    break;
            }
        }

        return new()
        {
            Family = isIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork,
            Priority = priority,
            From = payload[2] == 0 ? null : Route.Network(from, payload[2], isIPv6),
            To = payload[1] == 0 ? null : Route.Network(to, payload[1], isIPv6),
            InputLink = input,
            OutputLink = output,
            // A mask without mark means "mark 0 under this mask"; the kernel leaves the zero out.
            Mark = mark ?? (mask is null or 0 ? null : 0),
            MarkMask = mask is 0 or uint.MaxValue ? null : mask,
            Table = table,
            Action = (RuleAction)payload[7],
            GotoPriority = target,
            FirstUser = first,
            LastUser = last,
            SuppressPrefixLength = suppress < 0 ? null : suppress,
            IsInverted = (MemoryMarshal.Read<uint>(payload[8..]) & InvertFlag) != 0,
            TypeOfService = payload[3],
            IPProtocol = ipProtocol,
            Protocol = (RouteProtocol)protocol,
        };
    }

    internal void Encode(MessageBuilder builder)
    {
        Span<byte> header = builder.Reserve(WireSize.FibRuleHdr);
        header[0] = Family == AddressFamily.InterNetworkV6 ? Af.AF_INET6 : Af.AF_INET;
        header[1] = (byte)(To?.PrefixLength ?? 0);
        header[2] = (byte)(From?.PrefixLength ?? 0);
        header[3] = TypeOfService;
        header[4] = Table <= byte.MaxValue ? (byte)Table : (byte)0;
        header[7] = (byte)Action;
        MessageBuilder.Write(header[8..], IsInverted ? InvertFlag : 0);
        if (From is IPNetwork from)
            builder.Address(RuleAttribute.FRA_SRC, from.BaseAddress);
        if (To is IPNetwork to)
            builder.Address(RuleAttribute.FRA_DST, to.BaseAddress);
        if (InputLink is not null)
            builder.Text(RuleAttribute.FRA_IIFNAME, InputLink);
        if (OutputLink is not null)
            builder.Text(RuleAttribute.FRA_OIFNAME, OutputLink);
        Number(RuleAttribute.FRA_PRIORITY, Priority);
        Number(RuleAttribute.FRA_FWMARK, Mark);
        Number(RuleAttribute.FRA_FWMASK, MarkMask);
        Number(RuleAttribute.FRA_TABLE, Table == 0 ? null : Table);
        Number(RuleAttribute.FRA_GOTO, GotoPriority);
        Number(RuleAttribute.FRA_SUPPRESS_PREFIXLEN, (uint?)SuppressPrefixLength);
        if (IPProtocol is byte ipProtocol)
            builder.Byte(RuleAttribute.FRA_IP_PROTO, ipProtocol);
        if (Protocol != RouteProtocol.Unspecified)
            builder.Byte(RuleAttribute.FRA_PROTOCOL, (byte)Protocol);
        if (FirstUser is not null || LastUser is not null)
        {
            Span<byte> range = stackalloc byte[8];
            MessageBuilder.Write(range, FirstUser ?? 0);
            // The highest number means nobody, and the kernel refuses it as an end.
            MessageBuilder.Write(range[4..], LastUser ?? uint.MaxValue - 1);
            builder.Bytes(RuleAttribute.FRA_UID_RANGE, range);
        }

        void Number(RuleAttribute attribute, uint? value)
        {
            if (value is uint number)
                builder.UInt32(attribute, number);
        }
    }
}
