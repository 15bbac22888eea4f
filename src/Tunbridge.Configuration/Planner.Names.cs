// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;
using Tunbridge.Netlink;

namespace Tunbridge.Configuration;

public static partial class Planner
{
    /// <summary>An interface by its first name: a further name is nobody's card.</summary>
    internal static Link? FindByName(HostState state, string name) =>
        state.Find(name) is Link found && found.Name == name ? found : null;

    private static string[] FurtherNamesOf(IEnumerable<DeviceDefinition> devices) => [.. devices.SelectMany(d => d.AlternativeNames)];

    /// <summary>What a card requires and neither the file nor the kernel has.</summary>
    private static IEnumerable<Refusal> FindMissing(
        DesiredState desired, DeviceDefinition device, List<DeviceDefinition> planned, HostState state)
    {
        if (device.IsAbsent)
            yield break;
        foreach (string name in device.Requires)
        {
            bool isDeclared = desired.Devices.Any(d => d.Name == name && !d.IsAbsent);
            bool isThere = state.Find(name) is Link found && (isDeclared || !desired.Mark.IsOn(found));
            if (isThere || planned.Exists(d => d.Name == name && !d.IsAbsent))
                continue;
            string why = isDeclared ? "which this file declares and which is not there: name it, too"
                : "which is not there and not declared here: make it first";
            yield return new()
            {
                Card = device.Name,
                Message = $"{device.PositionOf($"requires.{name}")}: {device.Name} requires {name}, {why}",
            };
        }
    }

    /// <summary>Names that the plan gives and another interface keeps.</summary>
    private static IEnumerable<Refusal> FindTakenNames(IEnumerable<DeviceDefinition> devices, HostState state, List<Change> changes)
    {
        foreach (DeviceDefinition device in devices.Where(d => !d.IsAbsent))
        {
            foreach (string name in device.AlternativeNames.Prepend(device.Name))
            {
                if (state.Find(name) is not Link holder || holder.Name == device.Name)
                    continue;
                bool isFreed = holder.Name != name && changes.Exists(
                    c => c.Card == holder.Name && (c is { Action: "remove-alt-name", From: var freed } && freed == name || c.Phase == ChangePhase.MakeRoom && c is DeleteLinkChange));
                if (isFreed)
                    continue;
                string what = holder.Name == name ? $"that of another interface ({LinkText.Describe(holder)})" : $"a further name of {holder.Name}";
                string place = name == device.Name ? device.Position.ToString() : device.PositionOf($"alt-names.{name}").ToString();
                yield return new()
                {
                    Card = device.Name,
                    Message = $"{place}: the name '{name}' of {device.Name} is already {what}: take it from there, or choose another",
                    CanForce = false,
                };
            }
        }
    }
}
