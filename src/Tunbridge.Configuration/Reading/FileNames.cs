// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;
using Tunbridge.Configuration.Yaml;

namespace Tunbridge.Configuration.Reading;

/// <summary>What cards of a file say of each other: names that are taken, one bridge with two settings.</summary>
internal static class FileNames
{
    internal static void Check(IReadOnlyList<DeviceDefinition> devices, SchemaReader schema)
    {
        List<DeviceDefinition> present = [.. devices.Where(d => !d.IsAbsent)];
        schema.BeginInstance();
        CheckAlternativeNames(present, schema);
        CheckBridgeSettings(present, schema);
        CheckRoutes(present, schema);
    }

    /// <summary>Of two routes to one prefix with one metric the kernel keeps the first.</summary>
    private static void CheckRoutes(List<DeviceDefinition> devices, SchemaReader schema)
    {
        Dictionary<(string?, string, uint?, uint?), DeviceDefinition> seen = [];
        foreach (DeviceDefinition device in devices.Where(d => d.Up))
        {
            foreach (DeviceRoute route in device.Routes)
            {
                (string?, string, uint?, uint?) key = (device.NetworkNamespace, route.Destination.ToString(), route.Metric, route.Table);
                if (seen.TryAdd(key, device))
                    continue;
                schema.Report(
                    route.Position, $"devices.{device.Template ?? device.Name}.routes",
                    $"the route to {(route.Destination.IsDefault ? "default" : route.Destination)} of {device.Name} is also one of {seen[key].Name}, allowed is one for a metric and table");
                schema.BeginInstance();
            }
        }
    }

    private static void CheckAlternativeNames(List<DeviceDefinition> devices, SchemaReader schema)
    {
        // A name is one interface's in its namespace, be it its first or a further one.
        Dictionary<(string? Namespace, string Name), string> taken = [];
        foreach (DeviceDefinition device in devices)
        {
            taken[(device.NetworkNamespace, device.Name)] = "the name of a card of this file";
            if (device.Bridge is string bridge)
                taken.TryAdd((device.NetworkNamespace, bridge), "the name of a bridge of this file");
        }

        foreach (DeviceDefinition device in devices)
        {
            foreach (string name in device.AlternativeNames)
            {
                if (taken.TryAdd((device.NetworkNamespace, name), $"a further name of {device.Name}"))
                    continue;
                string hint = device.Template is null ? "allowed is another one" : "write '{n}' into it, such as 'guest{n}'";
                schema.Report(
                    device.PositionOf($"alt-names.{name}"), $"devices.{device.Template ?? device.Name}.alt-names",
                    $"'{name}' of {device.Name} is also {taken[(device.NetworkNamespace, name)]}, {hint}");
                schema.BeginInstance();
            }
        }
    }

    private static void CheckBridgeSettings(List<DeviceDefinition> devices, SchemaReader schema)
    {
        Dictionary<(string?, string), DeviceDefinition> first = [];
        foreach (DeviceDefinition device in devices)
        {
            if (device is not { Bridge: string bridge, BridgeSettings: { } settings } ||
                first.TryAdd((device.NetworkNamespace, bridge), device))
                continue;
            DeviceDefinition other = first[(device.NetworkNamespace, bridge)];
            if (BridgeText.Of(settings) == BridgeText.Of(other.BridgeSettings!))
                continue;
            schema.Report(
                device.PositionOf("bridge.create"), $"devices.{device.Template ?? device.Name}.bridge.create",
                $"the settings of the bridge {bridge} differ from those at {other.PositionOf("bridge.create")}, allowed are the same, or create: true");
            schema.BeginInstance();
        }
    }
}
