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
        List<string> parts = [];
        Add(parts, "priority", wanted.Priority);
        Add(parts, "cost", wanted.Cost);
        Add(parts, "hairpin", wanted.Hairpin);
        Add(parts, "guard", wanted.Guard);
        Add(parts, "root-block", wanted.RootBlock);
        Add(parts, "learning", wanted.Learning);
        Add(parts, "flood", wanted.Flood);
        Add(parts, "multicast-flood", wanted.MulticastFlood);
        Add(parts, "broadcast-flood", wanted.BroadcastFlood);
        Add(parts, "isolated", wanted.Isolated);
        Add(parts, "neighbour-suppression", wanted.NeighbourSuppression);
        Add(parts, "locked", wanted.Locked);
        return string.Join(", ", parts);
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

    private static void Add(List<string> parts, string key, int? value)
    {
        if (value is int number)
            parts.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{key} {number}"));
    }

    private static void Add(List<string> parts, string key, bool? value)
    {
        if (value is bool flag)
            parts.Add($"{key} {(flag ? "true" : "false")}");
    }
}
