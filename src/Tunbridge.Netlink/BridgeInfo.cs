// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink.Wire;

namespace Tunbridge.Netlink;

/// <summary>The settings of a bridge (IFLA_BR_*).</summary>
public sealed record BridgeInfo
{
    /// <summary>How long a port listens and learns, before it forwards.</summary>
    public TimeSpan ForwardDelay { get; init; }

    /// <summary>The time between greetings of the spanning tree's root.</summary>
    public TimeSpan HelloTime { get; init; }

    /// <summary>How old spanning tree news may be.</summary>
    public TimeSpan MaximumAge { get; init; }

    /// <summary>How long a learned address is kept unseen.</summary>
    public TimeSpan AgeingTime { get; init; }

    /// <summary>Whether the spanning tree protocol runs (in the kernel or in user space).</summary>
    public bool SpanningTree { get; init; }

    /// <summary>The bridge's priority in the spanning tree.</summary>
    public int Priority { get; init; }

    /// <summary>Whether VLAN tags are looked at.</summary>
    public bool VlanFiltering { get; init; }

    /// <summary>The VLAN of untagged frames; null when the kernel was built without VLAN filtering.</summary>
    public int? DefaultVlan { get; init; }

    /// <summary>Whether multicast goes only where somebody listens.</summary>
    public bool MulticastSnooping { get; init; }

    /// <summary>The reserved group addresses that are forwarded all the same, as a bit mask.</summary>
    public int GroupForwardMask { get; init; }

    /// <summary>The bridge's identity, such as <c>8000.02:00:5e:10:00:01</c>.</summary>
    public string? BridgeId { get; init; }

    /// <summary>The identity of the spanning tree's root.</summary>
    public string? RootId { get; init; }

    internal static BridgeInfo Parse(AttributeReader reader)
    {
        BridgeInfo info = new();
        while (reader.MoveNext())
        {
            info = (IflaBr)reader.Type switch
            {
                IflaBr.IFLA_BR_FORWARD_DELAY => info with { ForwardDelay = Hundredths(reader.UInt32) },
                IflaBr.IFLA_BR_HELLO_TIME => info with { HelloTime = Hundredths(reader.UInt32) },
                IflaBr.IFLA_BR_MAX_AGE => info with { MaximumAge = Hundredths(reader.UInt32) },
                IflaBr.IFLA_BR_AGEING_TIME => info with { AgeingTime = Hundredths(reader.UInt32) },
                IflaBr.IFLA_BR_STP_STATE => info with { SpanningTree = reader.UInt32 != 0 },
                IflaBr.IFLA_BR_PRIORITY => info with { Priority = reader.UInt16 },
                IflaBr.IFLA_BR_VLAN_FILTERING => info with { VlanFiltering = reader.Flag },
                IflaBr.IFLA_BR_VLAN_DEFAULT_PVID => info with { DefaultVlan = reader.UInt16 },
                IflaBr.IFLA_BR_MCAST_SNOOPING => info with { MulticastSnooping = reader.Flag },
                IflaBr.IFLA_BR_GROUP_FWD_MASK => info with { GroupForwardMask = reader.UInt16 },
                IflaBr.IFLA_BR_BRIDGE_ID => info with { BridgeId = Identity(reader.Value) },
                IflaBr.IFLA_BR_ROOT_ID => info with { RootId = Identity(reader.Value) },
                _ => info,
            };
        }

        return info;
    }

    /// <summary>struct ifla_bridge_id: two bytes of priority, six of address.</summary>
    private static string? Identity(ReadOnlySpan<byte> value) => value.Length == WireSize.IfBridgeId
        ? $"{value[0]:x2}{value[1]:x2}.{new HardwareAddress(value[2..])}"
        : null;

    private static TimeSpan Hundredths(uint value) => TimeSpan.FromMilliseconds(value * 10.0);
}
