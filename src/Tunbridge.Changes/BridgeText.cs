// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Settings of a bridge as text, in the words of the file.</summary>
public static class BridgeText
{
    /// <summary>What is declared, such as <c>stp true, priority 4096</c>; empty for nothing.</summary>
    /// <param name="wanted">The declaration: settings of the bridge, MTU and MAC.</param>
    public static string Of(LinkChange wanted)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        BridgeChange bridge = wanted.Bridge ?? new();
        SettingsText text = new();
        text.Add("stp", bridge.SpanningTree);
        text.Add("forward-delay", bridge.ForwardDelay);
        text.Add("hello-time", bridge.HelloTime);
        text.Add("max-age", bridge.MaximumAge);
        text.Add("ageing-time", bridge.AgeingTime);
        text.Add("priority", bridge.Priority);
        text.Add("multicast-snooping", bridge.MulticastSnooping);
        text.Add("group-forward-mask", bridge.GroupForwardMask);
        text.Add("mtu", wanted.Mtu);
        text.Add("mac", wanted.Address?.ToString());
        return text.ToString();
    }

    /// <summary>What a bridge has of the settings that are declared.</summary>
    /// <param name="found">The bridge.</param>
    /// <param name="wanted">The declaration.</param>
    public static string Of(Link found, LinkChange wanted) => Of(ValuesOf(found, wanted));

    /// <summary>What a bridge has of the settings that are declared, as a change that gives it back.</summary>
    internal static LinkChange ValuesOf(Link found, LinkChange wanted)
    {
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(wanted);
        BridgeChange asked = wanted.Bridge ?? new();
        BridgeInfo bridge = found.Bridge ?? new();
        return new()
        {
            Mtu = wanted.Mtu is null ? null : found.Mtu,
            Address = wanted.Address is null ? null : found.Address,
            Bridge = wanted.Bridge is null ? null : new()
            {
                SpanningTree = asked.SpanningTree is null ? null : bridge.SpanningTree,
                ForwardDelay = asked.ForwardDelay is null ? null : bridge.ForwardDelay,
                HelloTime = asked.HelloTime is null ? null : bridge.HelloTime,
                MaximumAge = asked.MaximumAge is null ? null : bridge.MaximumAge,
                AgeingTime = asked.AgeingTime is null ? null : bridge.AgeingTime,
                Priority = asked.Priority is null ? null : bridge.Priority,
                MulticastSnooping = asked.MulticastSnooping is null ? null : bridge.MulticastSnooping,
                GroupForwardMask = asked.GroupForwardMask is null ? null : bridge.GroupForwardMask,
            },
        };
    }

    /// <summary>Everything that a bridge has, to make one like it.</summary>
    internal static LinkChange AllOf(Link link, BridgeInfo bridge) => new()
    {
        // Setting it would end that it follows its ports.
        Mtu = link.Mtu == CardSettings.DefaultMtu ? null : link.Mtu,
        Bridge = new()
        {
            SpanningTree = bridge.SpanningTree,
            ForwardDelay = bridge.ForwardDelay,
            HelloTime = bridge.HelloTime,
            MaximumAge = bridge.MaximumAge,
            AgeingTime = bridge.AgeingTime,
            Priority = bridge.Priority,
            VlanFiltering = bridge.VlanFiltering,
            DefaultVlan = bridge.DefaultVlan,
            MulticastSnooping = bridge.MulticastSnooping,
            GroupForwardMask = bridge.GroupForwardMask,
        },
    };
}
