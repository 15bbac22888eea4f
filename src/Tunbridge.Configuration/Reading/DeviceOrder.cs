// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Configuration.Yaml;

namespace Tunbridge.Configuration.Reading;

/// <summary>The order that <c>after</c> and <c>requires</c> ask for.</summary>
internal static class DeviceOrder
{
    /// <summary>Cards after those that they name; where nothing is asked for, as they are in the file.</summary>
    /// <param name="devices">The cards of a file without cycles.</param>
    /// <returns>Each card with its rank: 0 for one that waits for none, else one more than what it waits for.</returns>
    internal static IReadOnlyList<(DeviceDefinition Device, int Rank)> Sort(IReadOnlyList<DeviceDefinition> devices)
    {
        Dictionary<string, DeviceDefinition> byName = devices.ToDictionary(d => d.Name);
        Dictionary<string, int> ranks = [];
        List<(DeviceDefinition, int)> sorted = [];
        foreach (DeviceDefinition device in devices)
            Visit(device);
        return sorted;

        int Visit(DeviceDefinition device)
        {
            if (ranks.TryGetValue(device.Name, out int known))
                return known;
            // A cycle is refused when the file is read; of a part of a file none can come.
            ranks[device.Name] = 0;
            int rank = 0;
            foreach (DeviceDefinition other in Neighbours(device, byName))
                rank = Math.Max(rank, Visit(other) + 1);
            ranks[device.Name] = rank;
            sorted.Add((device, rank));
            return rank;
        }
    }

    /// <summary>Tells cycles, and requirements that the file itself denies.</summary>
    internal static void Check(IReadOnlyList<DeviceDefinition> devices, SchemaReader schema)
    {
        Dictionary<string, DeviceDefinition> byName = [];
        foreach (DeviceDefinition device in devices)
            byName.TryAdd(device.Name, device);
        schema.BeginInstance();
        HashSet<string> finished = [];
        foreach (DeviceDefinition device in devices)
        {
            foreach (string name in device.Requires)
            {
                if (!device.IsAbsent && byName.GetValueOrDefault(name) is { IsAbsent: true } absent && IsBeside(device, absent))
                    Report(device, "requires", name, $"{device.Name} requires {name}, which is state: absent at {absent.PositionOf("state")}");
            }

            FindCycle(device, []);
        }

        void FindCycle(DeviceDefinition device, List<DeviceDefinition> way)
        {
            if (finished.Contains(device.Name))
                return;
            way.Add(device);
            foreach (DeviceDefinition other in Neighbours(device, byName))
            {
                int at = way.FindIndex(d => d.Name == other.Name);
                if (at < 0)
                {
                    FindCycle(other, way);
                    continue;
                }

                string key = device.Requires.Contains(other.Name) ? "requires" : "after";
                string circle = string.Join(" after ", way.Skip(at).Append(other).Select(d => d.Name));
                Report(device, key, other.Name, $"the order is a circle: {circle}; take one of them out of after or requires");
            }

            way.RemoveAt(way.Count - 1);
            finished.Add(device.Name);
        }

        void Report(DeviceDefinition device, string key, string name, string message)
        {
            schema.Report(device.PositionOf($"{key}.{name}"), $"devices.{device.Template ?? device.Name}.{key}", message);
            schema.BeginInstance();
        }
    }

    private static IEnumerable<DeviceDefinition> Neighbours(DeviceDefinition device, Dictionary<string, DeviceDefinition> byName) =>
        device.After.Concat(device.Requires).Distinct().Select(byName.GetValueOrDefault).OfType<DeviceDefinition>()
            .Where(other => IsBeside(device, other));

    // Another namespace has interfaces of its own, also by that name, and is worked on as a whole.
    private static bool IsBeside(DeviceDefinition device, DeviceDefinition other) => device.NetworkNamespace == other.NetworkNamespace;
}
