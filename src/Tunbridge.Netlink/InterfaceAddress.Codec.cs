// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Runtime.InteropServices;
using Tunbridge.Netlink.Wire;

namespace Tunbridge.Netlink;

public sealed partial record InterfaceAddress
{
    private const uint Forever = uint.MaxValue;

    private const AddressFlags Requestable =
        AddressFlags.NoDuplicateDetection | AddressFlags.Optimistic | AddressFlags.HomeAddress |
        AddressFlags.ManageTemporary | AddressFlags.NoPrefixRoute | AddressFlags.AutoJoin;

    /// <summary>Reads the payload of RTM_NEWADDR or RTM_DELADDR.</summary>
    /// <remarks>
    /// <code>
    /// struct ifaddrmsg: | family 1 | prefix length 1 | flags 1 | scope 1 | index 4 |, then attributes
    /// struct ifa_cacheinfo: | preferred 4 | valid 4 | created 4 | updated 4 |      seconds, hundredths
    /// </code>
    /// IFA_LOCAL is the own address and IFA_ADDRESS the peer's, if it differs; IPv6 without peer has IFA_ADDRESS only.
    /// </remarks>
    internal static InterfaceAddress? Parse(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < WireSize.IfAddrMsg)
            return null;
        IPAddress? address = null, local = null, broadcast = null;
        string? label = null;
        uint flags = payload[2], metric = 0, preferred = Forever, valid = Forever;
        byte protocol = 0;
        AttributeReader reader = new(payload[WireSize.IfAddrMsg..]);
        while (reader.MoveNext())
        {
            switch ((AddressAttribute)reader.Type)
            {
                case AddressAttribute.IFA_ADDRESS: address = reader.Address; break;
                case AddressAttribute.IFA_LOCAL: local = reader.Address; break;
                case AddressAttribute.IFA_BROADCAST: broadcast = reader.Address; break;
                case AddressAttribute.IFA_LABEL: label = reader.Text; break;
                case AddressAttribute.IFA_FLAGS: flags = reader.UInt32; break;
                case AddressAttribute.IFA_RT_PRIORITY: metric = reader.UInt32; break;
                case AddressAttribute.IFA_PROTO: protocol = reader.Byte; break;
                case AddressAttribute.IFA_CACHEINFO when reader.Value.Length >= WireSize.IfaCacheInfo:
                    preferred = MemoryMarshal.Read<uint>(reader.Value);
                    valid = MemoryMarshal.Read<uint>(reader.Value[4..]);
                    break;
            }
        }

        if ((local ?? address) is not IPAddress own)
            return null;
        return new()
        {
            LinkIndex = MemoryMarshal.Read<int>(payload[4..]),
            Address = own,
            PrefixLength = payload[1],
            Peer = local is not null && address is not null && !address.Equals(local) ? address : null,
            Broadcast = broadcast,
            Label = label,
            Scope = (AddressScope)payload[3],
            Flags = (AddressFlags)flags,
            ValidLifetime = Lifetime(valid),
            PreferredLifetime = Lifetime(preferred),
            Metric = metric,
            Protocol = protocol,
        };
    }

    internal void EncodeAddition(MessageBuilder builder)
    {
        EncodeKey(builder);
        if (Broadcast is not null)
            builder.Address(AddressAttribute.IFA_BROADCAST, Broadcast);
        AddressFlags flags = Flags & Requestable;
        if (flags != 0)
            builder.UInt32(AddressAttribute.IFA_FLAGS, (uint)flags);
        if (Metric != 0)
            builder.UInt32(AddressAttribute.IFA_RT_PRIORITY, Metric);
        if (Protocol != 0)
            builder.Byte(AddressAttribute.IFA_PROTO, Protocol);
        if (ValidLifetime is not null || PreferredLifetime is not null)
        {
            Span<byte> cache = stackalloc byte[WireSize.IfaCacheInfo];
            cache.Clear();
            MessageBuilder.Write(cache, Seconds(PreferredLifetime));
            MessageBuilder.Write(cache[4..], Seconds(ValidLifetime));
            builder.Bytes(AddressAttribute.IFA_CACHEINFO, cache);
        }
    }

    /// <summary>What finds the address again: card, address, prefix, peer and label.</summary>
    internal void EncodeKey(MessageBuilder builder)
    {
        Span<byte> header = builder.Reserve(WireSize.IfAddrMsg);
        header[0] = IsIPv6 ? Af.AF_INET6 : Af.AF_INET;
        header[1] = (byte)PrefixLength;
        header[3] = (byte)Scope;
        MessageBuilder.Write(header[4..], LinkIndex);
        builder.Address(AddressAttribute.IFA_LOCAL, Address);
        builder.Address(AddressAttribute.IFA_ADDRESS, Peer ?? Address);
        if (Label is not null)
            builder.Text(AddressAttribute.IFA_LABEL, Label);
    }

    private static TimeSpan? Lifetime(uint seconds) => seconds == Forever ? null : TimeSpan.FromSeconds(seconds);

    private static uint Seconds(TimeSpan? time) =>
        time is TimeSpan t ? (uint)Math.Clamp(Math.Ceiling(t.TotalSeconds), 0, Forever - 1) : Forever;
}
