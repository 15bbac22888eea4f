// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Settings of a port of a bridge as text, in the words of the file.</summary>
public static class PortText
{
    /// <summary>What is declared, such as <c>cost 4, isolated true</c>; empty for nothing.</summary>
    /// <param name="wanted">The declaration.</param>
    public static string Of(BridgePortChange wanted)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        SettingsText text = new();
        text.Add("priority", wanted.Priority);
        text.Add("cost", wanted.Cost);
        text.Add("hairpin", wanted.Hairpin);
        text.Add("guard", wanted.Guard);
        text.Add("root-block", wanted.RootBlock);
        text.Add("learning", wanted.Learning);
        text.Add("flood", wanted.Flood);
        text.Add("multicast-flood", wanted.MulticastFlood);
        text.Add("broadcast-flood", wanted.BroadcastFlood);
        text.Add("isolated", wanted.Isolated);
        text.Add("neighbour-suppression", wanted.NeighbourSuppression);
        text.Add("locked", wanted.Locked);
        return text.ToString();
    }

    /// <summary>What a port has of the settings that are declared.</summary>
    /// <param name="found">The port.</param>
    /// <param name="wanted">The declaration.</param>
    public static string Of(BridgePortInfo found, BridgePortChange wanted) => Of(ValuesOf(found, wanted));

    /// <summary>What a port has of the settings that are declared, as a change that gives it back.</summary>
    internal static BridgePortChange ValuesOf(BridgePortInfo found, BridgePortChange wanted)
    {
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(wanted);
        return new()
        {
            Priority = wanted.Priority is null ? null : found.Priority,
            Cost = wanted.Cost is null ? null : (int)found.Cost,
            Hairpin = wanted.Hairpin is null ? null : found.Hairpin,
            Guard = wanted.Guard is null ? null : found.Guard,
            RootBlock = wanted.RootBlock is null ? null : found.RootBlock,
            Learning = wanted.Learning is null ? null : found.Learning,
            Flood = wanted.Flood is null ? null : found.Flood,
            MulticastFlood = wanted.MulticastFlood is null ? null : found.MulticastFlood,
            BroadcastFlood = wanted.BroadcastFlood is null ? null : found.BroadcastFlood,
            Isolated = wanted.Isolated is null ? null : found.Isolated,
            NeighbourSuppression = wanted.NeighbourSuppression is null ? null : found.NeighbourSuppression,
            Locked = wanted.Locked is null ? null : found.Locked,
        };
    }
}
