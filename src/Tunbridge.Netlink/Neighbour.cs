// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Tunbridge.Netlink.Wire;

namespace Tunbridge.Netlink;

/// <summary>Which link-layer address a neighbour has (ARP, neighbour discovery); as read, and as it is to be added.</summary>
public sealed record Neighbour
{
    /// <summary>The card; 0 for a proxy entry of all cards.</summary>
    public required int LinkIndex { get; init; }

    /// <summary>The neighbour.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>Its link-layer address; null when not known, and on proxy entries.</summary>
    public HardwareAddress? HardwareAddress { get; init; }

    /// <summary>What is known; when adding, <see cref="NeighbourState.None"/> means permanent.</summary>
    public NeighbourState State { get; init; }

    /// <summary>Particulars.</summary>
    public NeighbourFlags Flags { get; init; }

    /// <summary>Who made it.</summary>
    public RouteProtocol Protocol { get; init; }

    /// <summary>Whether this host answers in the neighbour's place.</summary>
    public bool IsProxy => Flags.HasFlag(NeighbourFlags.Proxy);

    /// <summary>Address and link-layer address.</summary>
    public override string ToString() => IsProxy
        ? $"proxy {Address}"
        : HardwareAddress is HardwareAddress hardware ? $"{Address} lladdr {hardware}" : $"{Address}";

    /// <summary>Reads the payload of RTM_NEWNEIGH or RTM_DELNEIGH.</summary>
    /// <remarks>
    /// <code>
    /// struct ndmsg: | family 1 | - 3 | index 4 | state 2 | flags 1 | type 1 |, then attributes
    /// </code>
    /// </remarks>
    /// <returns>Null for other families than IPv4 and IPv6, such as a bridge's table.</returns>
    internal static Neighbour? Parse(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < WireSize.NdMsg || payload[0] is not (Af.AF_INET or Af.AF_INET6))
            return null;
        IPAddress? address = null;
        HardwareAddress? hardware = null;
        byte protocol = 0;
        AttributeReader reader = new(payload[WireSize.NdMsg..]);
        while (reader.MoveNext())
        {
            switch ((NeighbourAttribute)reader.Type)
            {
                case NeighbourAttribute.NDA_DST: address = reader.Address; break;
                case NeighbourAttribute.NDA_PROTOCOL: protocol = reader.Byte; break;
                case NeighbourAttribute.NDA_LLADDR when
                    reader.Value.Length is > 0 and <= Netlink.HardwareAddress.MaximumLength:
                    hardware = new HardwareAddress(reader.Value);
                    break;
            }
        }

        return address is null ? null : new()
        {
            LinkIndex = MemoryMarshal.Read<int>(payload[4..]),
            Address = address,
            HardwareAddress = hardware,
            State = (NeighbourState)MemoryMarshal.Read<ushort>(payload[8..]),
            Flags = (NeighbourFlags)payload[10],
            Protocol = (RouteProtocol)protocol,
        };
    }

    internal void Encode(MessageBuilder builder, bool forDeletion)
    {
        Span<byte> header = builder.Reserve(WireSize.NdMsg);
        header[0] = Address.AddressFamily == AddressFamily.InterNetworkV6 ? Af.AF_INET6 : Af.AF_INET;
        MessageBuilder.Write(header[4..], LinkIndex);
        NeighbourState state = State == NeighbourState.None && !forDeletion ? NeighbourState.Permanent : State;
        MessageBuilder.Write(header[8..], (ushort)state);
        header[10] = (byte)Flags;
        builder.Address(NeighbourAttribute.NDA_DST, Address);
        if (HardwareAddress is HardwareAddress hardware && !forDeletion)
            builder.Hardware(NeighbourAttribute.NDA_LLADDR, hardware);
        if (Protocol != RouteProtocol.Unspecified && !forDeletion)
            builder.Byte(NeighbourAttribute.NDA_PROTOCOL, (byte)Protocol);
    }
}
