// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Configuration;

/// <summary>Every card of a file against the kernel.</summary>
public sealed record StatusReport
{
    /// <summary>The cards, declared ones first, in the order of the file.</summary>
    public required IReadOnlyList<DeviceStatus> Devices { get; init; }

    /// <summary>
    /// 0 when all is as declared, 3 when nothing of it is there, 1 when something is missing, different, foreign or left
    /// over. A file without cards of which none is left over is as declared.
    /// </summary>
    public int ExitCode =>
        Devices.All(d => d.Condition == DeviceCondition.Matching) ? 0
        : Devices.All(d => d.Condition == DeviceCondition.Missing) ? 3
        : 1;

    /// <summary>Compares a file with the kernel.</summary>
    /// <param name="desired">The file.</param>
    /// <param name="state">The kernel.</param>
    /// <param name="options">Which cards; null for all.</param>
    /// <exception cref="ArgumentException">A card is named that the file does not declare.</exception>
    public static StatusReport Create(DesiredState desired, HostState state, PlanOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(desired);
        ArgumentNullException.ThrowIfNull(state);
        options ??= new();
        List<DeviceStatus> devices = [.. Planner.Select(desired, options).Select(d => Compare(desired, d, state))];
        if (options.Devices.Count == 0)
        {
            HashSet<string> declared = [.. desired.Devices.Select(d => d.Name)];
            devices.AddRange(state.Links
                .Where(l => l.Tun is not null && desired.Mark.IsOn(l) && !declared.Contains(l.Name))
                .Select(l => new DeviceStatus { Name = l.Name, Condition = DeviceCondition.Undeclared }));
        }

        return new() { Devices = devices };
    }

    private static DeviceStatus Compare(DesiredState desired, DeviceDefinition device, HostState state)
    {
        if (state.Find(device.Name) is not Link found)
            return new() { Name = device.Name, Condition = DeviceCondition.Missing };
        if (!desired.Mark.IsOn(found) || found.Tun is null)
            return new() { Name = device.Name, Condition = DeviceCondition.Foreign, Note = LinkText.Describe(found) };
        List<StatusDifference> differences = [];
        Collect(device, found, found.Tun, state, differences);
        return new()
        {
            Name = device.Name,
            Condition = differences.Count == 0 ? DeviceCondition.Matching : DeviceCondition.Different,
            Differences = differences,
        };
    }

    private static void Collect(
        DeviceDefinition device, Link found, TunLinkInfo tun, HostState state, List<StatusDifference> differences)
    {
        void Check(string key, string declared, string value)
        {
            if (declared != value)
                differences.Add(new() { Key = key, Declared = declared, Found = value });
        }

        Check("kind", Kind(device.Kind == CardKind.Tap), Kind(tun.IsTap));
        Check("owner", User(device.Owner), User(tun.Owner));
        Check("group", Group(device.Group), Group(tun.Group));
        CheckAddresses(device, found, state, differences);
        Check("promiscuous", Flag(device.Promiscuous), Flag(found.Flags.HasFlag(LinkFlags.Promiscuous)));
        Check("mtu", $"{device.Mtu ?? CardSettings.DefaultMtu}", $"{found.Mtu}");
        if (device.Mac is HardwareAddress mac)
            Check("mac", mac.ToString(), found.Address.ToString());
        Check("bridge", device.Bridge ?? "", found.MasterIndex == 0 ? "" : state.Find(found.MasterIndex)?.Name ?? "");
        Check("up", Flag(device.Up), Flag(found.IsUp));
    }

    private static void CheckAddresses(DeviceDefinition device, Link found, HostState state, List<StatusDifference> differences)
    {
        HashSet<IpPrefix> there = [.. state.AddressesOf(found).Where(a => a.Peer is null).Select(HostState.PrefixOf)];
        List<string> given = [.. state.GivenAddressesOf(found).Select(a => a.ToString())];
        bool isSame = device.Addresses.All(a => there.Contains(a.Prefix)) &&
            state.GivenAddressesOf(found).All(a => a.Peer is null && device.Addresses.Any(d => d.Prefix == HostState.PrefixOf(a)));
        if (!isSame)
            differences.Add(new() { Key = "addresses", Declared = string.Join(", ", device.Addresses), Found = string.Join(", ", given) });
    }

    private static string Kind(bool isTap) => isTap ? "tap" : "tun";

    private static string Flag(bool value) => value ? "true" : "false";

    private static string User(uint? id) => id is uint user ? UserDatabase.FindUserName(user) ?? $"{user}" : "";

    private static string Group(uint? id) => id is uint group ? UserDatabase.FindGroupName(group) ?? $"{group}" : "";
}
