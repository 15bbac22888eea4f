// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration;

/// <summary>Keys that the file may have and that nothing carries out yet: told, never ignored.</summary>
public static class NotYetSupported
{
    // A key leaves this list in the commit that carries it out.
    private static readonly string[] s_keys =
    [
        "description", "state", "multi-queue", "queues", "packet-info", "vnet-header", "keep-carrier", "txqueuelen",
        "all-multicast", "multicast", "arp", "dhcp", "routes", "rules", "dns", "netns", "sysctl", "hooks", "alt-names",
        "after", "requires", "on-conflict", "on-drift", "on-stop",
        "addresses.peer", "addresses.broadcast", "addresses.label", "addresses.scope", "addresses.lifetime",
        "addresses.preferred-lifetime",
        "bridge.priority", "bridge.cost", "bridge.hairpin", "bridge.guard", "bridge.root-block", "bridge.learning",
        "bridge.flood", "bridge.multicast-flood", "bridge.broadcast-flood", "bridge.isolated",
        "bridge.neighbour-suppression", "bridge.locked",
    ];

    /// <summary>What of a file is not carried out yet, each with its place; empty when all is.</summary>
    /// <param name="desired">The file.</param>
    public static IReadOnlyList<Diagnostic> Find(DesiredState desired)
    {
        ArgumentNullException.ThrowIfNull(desired);
        return [.. desired.Devices.SelectMany(FindIn).Distinct().OrderBy(d => d.Path, StringComparer.Ordinal)
            .ThenBy(d => d.Line).ThenBy(d => d.Column)];
    }

    /// <summary>What of a card is not carried out yet.</summary>
    /// <param name="device">The card.</param>
    public static IEnumerable<Diagnostic> FindIn(DeviceDefinition device)
    {
        ArgumentNullException.ThrowIfNull(device);
        foreach (string key in s_keys)
        {
            if (device.KeyPositions.TryGetValue(key, out SourcePosition position))
                yield return At(position, $"devices.{device.Template ?? device.Name}.{key}", $"{key} is not yet supported");
        }

        if (device.MacPolicy is MacPolicy.Random or MacPolicy.Stable)
        {
            yield return At(
                device.PositionOf("mac"), $"devices.{device.Template ?? device.Name}.mac",
                $"mac: {(device.MacPolicy == MacPolicy.Random ? "random" : "stable")} is not yet supported");
        }
    }

    private static Diagnostic At(SourcePosition position, string key, string message) => new()
    {
        Path = position.Path,
        Line = position.Line,
        Column = position.Column,
        Key = key,
        Message = message,
    };
}
