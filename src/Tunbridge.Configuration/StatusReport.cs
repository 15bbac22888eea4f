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
        List<DeviceStatus> devices =
            [.. Planner.Select(desired, options).Where(d => !IsGone(desired, d, state)).Select(d => Compare(desired, d, state))];
        if (options.Devices.Count == 0)
        {
            HashSet<string> declared = [.. desired.Devices.Select(d => d.Name)];
            devices.AddRange(state.Links
                .Where(l => l.Tun is not null && desired.Mark.IsOn(l) && !declared.Contains(l.Name))
                .Select(l => new DeviceStatus { Name = l.Name, Condition = DeviceCondition.Undeclared }));
        }

        return new() { Devices = devices };
    }

    // What is absent as declared needs no line.
    private static bool IsGone(DesiredState desired, DeviceDefinition device, HostState state) =>
        device.IsAbsent && (Planner.FindByName(state, device.Name) is not Link found || !desired.Mark.IsOn(found));

    private static DeviceStatus Compare(DesiredState desired, DeviceDefinition device, HostState state)
    {
        if (Planner.FindByName(state, device.Name) is not Link found)
            return new() { Name = device.Name, Condition = DeviceCondition.Missing };
        if (!desired.Mark.IsOn(found) || found.Tun is null)
            return new() { Name = device.Name, Condition = DeviceCondition.Foreign, Note = LinkText.Describe(found) };
        if (device.IsAbsent)
            return new() { Name = device.Name, Condition = DeviceCondition.Undeclared };
        List<StatusDifference> differences = [];
        Collect(device, desired.Mark, found, found.Tun, state, differences);
        return new()
        {
            Name = device.Name,
            Condition = differences.Count == 0 ? DeviceCondition.Matching : DeviceCondition.Different,
            Differences = differences,
        };
    }

    private static void Collect(
        DeviceDefinition device, OwnershipMark mark, Link found, TunLinkInfo tun, HostState state, List<StatusDifference> differences)
    {
        void Check(string key, string declared, string value)
        {
            if (declared != value)
                differences.Add(new() { Key = key, Declared = declared, Found = value });
        }

        Check("kind", Kind(device.Kind == CardKind.Tap), Kind(tun.IsTap));
        Check("description", device.Description ?? "", OwnershipMark.DescriptionOf(found) ?? "");
        Check("alt-names", Sorted(device.AlternativeNames), Sorted(found.AlternativeNames));
        foreach (string name in device.Requires.Where(n => state.Find(n) is null))
            Check("requires", name, "");
        Check("owner", User(device.Owner), User(tun.Owner));
        Check("group", Group(device.Group), Group(tun.Group));
        Check("multi-queue", Flag(device.MultiQueue), Flag(tun.IsMultiQueue));
        Check("packet-info", Flag(device.PacketInformation ?? tun.HasPacketInformation), Flag(tun.HasPacketInformation));
        Check("vnet-header", Flag(device.VirtioHeader ?? tun.HasVirtioHeader), Flag(tun.HasVirtioHeader));
        CheckAddresses(device, found, state, differences);
        Check("promiscuous", Flag(device.Promiscuous), Flag(found.Flags.HasFlag(LinkFlags.Promiscuous)));
        Check("mtu", $"{device.Mtu ?? CardSettings.DefaultMtu}", $"{found.Mtu}");
        Check("all-multicast", Flag(device.AllMulticast), Flag(found.Flags.HasFlag(LinkFlags.AllMulticast)));
        Check("multicast", Flag(device.Multicast), Flag(found.Flags.HasFlag(LinkFlags.Multicast)));
        if (device.Kind == CardKind.Tap)
            Check("arp", Flag(device.Arp), Flag(!found.Flags.HasFlag(LinkFlags.NoArp)));
        if (device.TransmitQueueLength is int length)
            Check("txqueuelen", $"{length}", $"{found.TransmitQueueLength}");
        if (device.MacPolicy != MacPolicy.Random && Planner.MacOf(device) is HardwareAddress mac)
            Check("mac", mac.ToString(), found.Address.ToString());
        Check("bridge", device.Bridge ?? "", found.MasterIndex == 0 ? "" : state.Find(found.MasterIndex)?.Name ?? "");
        if (device is { Bridge: string bridge, BridgeSettings: { } settings } && state.Find(bridge) is Link joined && mark.IsOn(joined))
            Check("bridge.create", BridgeText.Of(settings), BridgeText.Of(joined, settings));
        if (device.Bridge is not null && device.BridgePort is { } port && found.BridgePort is { } portFound)
            Check("bridge (port)", PortText.Of(port), PortText.Of(portFound, port));
        Check("up", Flag(device.Up), Flag(found.IsUp));
        foreach ((string key, string declared) in Planner.SysctlsOf(device))
            Check(key.Replace('/', '.'), declared, state.FindSysctl(key) ?? "");
        CardSettings wanted = Planner.SettingsOf(device, mark);
        foreach (RouteDifference route in CardPlanner.FindRouteDifferences(found, wanted, state))
            Check("routes", route.Declared, route.Found);
        foreach (string rule in CardPlanner.FindMissingRules(wanted, state))
            Check("rules", rule, "");
    }

    private static void CheckAddresses(DeviceDefinition device, Link found, HostState state, List<StatusDifference> differences)
    {
        List<AddressSettings> wanted = [.. device.Addresses.Select(Planner.AddressOf)];
        IReadOnlyList<InterfaceAddress> given = state.GivenAddressesOf(found);
        bool isSame = wanted.TrueForAll(w => state.AddressesOf(found).Any(a => w.Matches(a, found.Name))) &&
            given.All(a => wanted.Exists(w => w.Matches(a, found.Name)));
        if (!isSame)
        {
            bool isPlain = device.Addresses.All(a => a.IsPlain);
            differences.Add(new()
            {
                Key = "addresses",
                Declared = string.Join(", ", wanted),
                // The usual broadcast, label and scope are not worth telling where none is declared.
                Found = string.Join(", ", given.Select(a => isPlain ? a.ToString() : AddressSettings.Of(a).ToString())),
            });
        }
    }

    private static string Kind(bool isTap) => isTap ? "tap" : "tun";

    private static string Sorted(IEnumerable<string> names) => string.Join(", ", names.Order(StringComparer.Ordinal));

    private static string Flag(bool value) => value ? "true" : "false";

    private static string User(uint? id) => id is uint user ? UserDatabase.FindUserName(user) ?? $"{user}" : "";

    private static string Group(uint? id) => id is uint group ? UserDatabase.FindGroupName(group) ?? $"{group}" : "";
}
