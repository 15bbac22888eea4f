// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;
using Tunbridge.Configuration.Reading;
using Tunbridge.Netlink;

namespace Tunbridge.Configuration;

/// <summary>Compares a file with the kernel and plans the difference.</summary>
/// <remarks>See docs/configuration.md. Stateless; looks at nothing but its arguments.</remarks>
public static partial class Planner
{
    /// <summary>The plan that makes the kernel what the file declares; empty when it is.</summary>
    /// <param name="desired">The file.</param>
    /// <param name="state">The kernel.</param>
    /// <param name="options">Force, and which cards; null for none of it.</param>
    /// <exception cref="ArgumentException">A card is named that the file does not declare.</exception>
    public static ChangePlan Up(DesiredState desired, HostState state, PlanOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(desired);
        ArgumentNullException.ThrowIfNull(state);
        options ??= new();
        List<Change> changes = [];
        List<Refusal> refusals = [];
        List<DeviceDefinition> devices = [.. DeviceOrder.Sort(Select(desired, options)).Select(o => o.Device)];
        foreach (DeviceDefinition device in devices)
        {
            refusals.AddRange(FindMissing(desired, device, devices, state));
            if (device.IsAbsent)
                PlanAbsence(desired, device, state, changes);
            else
                PlanDevice(desired, device, state, options, changes, refusals);
        }

        if (options.Devices.Count == 0)
        {
            List<DeviceDefinition> present = [.. devices.Where(d => !d.IsAbsent)];
            HashSet<string> declared = [.. devices.Select(d => d.Name), .. present.Select(d => d.Bridge).OfType<string>()];
            changes.AddRange(Removals(desired, state, link => !declared.Contains(link.Name), FurtherNamesOf(present)));
            changes.AddRange(RuleRemovals(desired, state, options, present));
        }

        refusals.AddRange(FindTakenNames(devices, state, changes));
        return ChangePlan.Create(state, changes, desired.Instance, refusals, options.Force);
    }

    /// <summary>The plan that removes the file's cards and bridges, and no others.</summary>
    /// <remarks>The guard is not asked: taking away one's own is what down is for.</remarks>
    /// <param name="desired">The file.</param>
    /// <param name="state">The kernel.</param>
    /// <param name="options">Which cards; null for all.</param>
    /// <exception cref="ArgumentException">A card is named that the file does not declare.</exception>
    public static ChangePlan Down(DesiredState desired, HostState state, PlanOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(desired);
        ArgumentNullException.ThrowIfNull(state);
        options ??= new();
        HashSet<string> named = [.. Select(desired, options).Select(d => d.Name)];
        IEnumerable<Change> removals = Removals(desired, state, link => options.Devices.Count == 0 || named.Contains(link.Name), []);
        List<DeviceDefinition> others = options.Devices.Count == 0
            ? []
            : [.. desired.Devices.Where(d => !d.IsAbsent && !named.Contains(d.Name))];
        removals = removals.Concat(RuleRemovals(desired, state, options, others));
        return ChangePlan.CreateUnguarded(state, removals);
    }

    /// <summary>Makes sure that the cards which the options name are declared.</summary>
    /// <param name="desired">The file.</param>
    /// <param name="options">The options.</param>
    /// <exception cref="ArgumentException">A card is named that the file does not declare.</exception>
    public static void CheckNames(DesiredState desired, PlanOptions options)
    {
        ArgumentNullException.ThrowIfNull(desired);
        ArgumentNullException.ThrowIfNull(options);
        _ = Select(desired, options);
    }

    internal static List<DeviceDefinition> Select(DesiredState desired, PlanOptions options)
    {
        HashSet<string> known = [.. desired.Devices.Select(d => d.Name)];
        string? unknown = options.Devices.FirstOrDefault(name => !known.Contains(name));
        if (unknown is not null)
        {
            string declared = known.Count == 0 ? "it declares none" : $"it declares {string.Join(", ", known)}";
            throw new ArgumentException(
                $"{desired.Path} declares no card '{unknown}', {declared}{Suggestion.Text(unknown, known)}", nameof(options));
        }

        return [.. desired.Devices.Where(d => options.Devices.Count == 0 || options.Devices.Contains(d.Name))];
    }

    private static void PlanDevice(
        DesiredState desired, DeviceDefinition device, HostState state, PlanOptions options,
        List<Change> changes, List<Refusal> refusals)
    {
        CardSettings wanted = SettingsOf(device, desired.Mark);
        if (CardPlans.FindBridgeRefusal(state, wanted) is Refusal bridge)
        {
            refusals.Add(bridge with { Message = $"{device.PositionOf("bridge")}: {bridge.Message}, or write bridge: {{name: {device.Bridge}, create: true}}" });
            return;
        }

        if (FindByName(state, device.Name) is not Link found)
        {
            changes.AddRange(CardPlanner.Create(wanted, state));
            return;
        }

        bool isOurs = found.Tun is not null && desired.Mark.IsOn(found);
        bool mayTake = found.Tun is not null && (device.OnConflict != ConflictPolicy.Fail || options.Force);
        if (!isOurs && device.OnConflict == ConflictPolicy.Fail)
            refusals.Add(Foreign(device, found));
        else if (!isOurs && found.Tun is null)
            refusals.Add(Foreign(device, found));
        if (!isOurs && !mayTake)
            return;
        string? reason = !isOurs && device.OnConflict == ConflictPolicy.Recreate
            ? $"it is not this file's ({LinkText.Describe(found)}) and on-conflict is recreate"
            : FindRemakeReason(found, device, wanted);
        if (reason is not null || (options.Recreate && isOurs))
        {
            // With on-conflict: recreate the file itself asks for it.
            if (reason is not null && isOurs && !options.MayRemake)
            {
                refusals.Add(new()
                {
                    Card = device.Name,
                    Message = $"{device.Position}: {device.Name} must be deleted and made anew: {reason}; whoever is attached " +
                        "loses it. --force does it",
                    IsRemake = true,
                });
            }

            changes.Add(CardPlanner.Delete(found, state, isRemade: true));
            changes.AddRange(CardPlanner.Create(wanted, state));
            return;
        }

        changes.AddRange(CardPlanner.Adjust(found, wanted, state));
    }

    /// <summary>A card that is not to be there goes when it is this file's; somebody else's is none of its business.</summary>
    private static void PlanAbsence(DesiredState desired, DeviceDefinition device, HostState state, List<Change> changes)
    {
        if (FindByName(state, device.Name) is { Tun: not null } found && desired.Mark.IsOn(found))
            changes.Add(CardPlanner.Delete(found, state));
    }

    /// <summary>Rules, and routes over no card, that this instance added and no card wants any more.</summary>
    private static IEnumerable<Change> RuleRemovals(
        DesiredState desired, HostState state, PlanOptions options, IReadOnlyList<DeviceDefinition> wanted) =>
    [
        .. CardPlanner.RemoveRules(state, options.OwnRules, [.. wanted.SelectMany(RulesOf)], desired.Instance),
        .. CardPlanner.RemoveRoutes(
            state, options.OwnRules, [.. wanted.Where(d => d.Up).SelectMany(d => d.Routes).Where(r => !r.HasCard).Select(RouteOf)], desired.Instance),
    ];

    /// <summary>Beside kind and queues: the kernel cannot take an owner or group away.</summary>
    private static string? FindRemakeReason(Link found, DeviceDefinition device, CardSettings wanted) =>
        CardPlanner.FindRemakeReason(found, wanted) ?? (
            found.Tun?.Owner is uint owner && device.Owner is null
                ? $"it belongs to {CardOwner.DescribeUser(owner)} and is to have no owner"
                : found.Tun?.Group is uint group && device.Group is null
                    ? $"it belongs to {CardOwner.DescribeGroup(group)} and is to have no group"
                    : null);

    private static Refusal Foreign(DeviceDefinition device, Link found)
    {
        string what = LinkText.Describe(found);
        return found.Tun is null
            ? new()
            {
                Card = device.Name,
                Message = $"{device.Position}: {device.Name} is declared here, but exists and is no TUN or TAP card ({what})",
                CanForce = false,
            }
            : new()
            {
                Card = device.Name,
                Message = $"{device.Position}: {device.Name} is declared here, but exists and is not this file's ({what}): " +
                    "delete it, rename one of them, say on-conflict: adopt, or take it over with --force",
            };
    }

    /// <summary>
    /// Cards of this instance, those first that wait for others, and bridges of it that would be left without other ports.
    /// </summary>
    /// <param name="desired">The file.</param>
    /// <param name="state">The kernel.</param>
    /// <param name="goes">Which of them.</param>
    /// <param name="wanted">Further names that other cards get, which must be free before the cards go.</param>
    private static IEnumerable<Change> Removals(DesiredState desired, HostState state, Func<Link, bool> goes, IReadOnlyCollection<string> wanted)
    {
        OwnershipMark mark = desired.Mark;
        Dictionary<string, int> ranks = DeviceOrder.Sort(desired.Devices).ToDictionary(o => o.Device.Name, o => o.Rank);
        foreach (Link link in state.Links.Where(l => l.Tun is not null && mark.IsOn(l) && goes(l)).OrderByDescending(RankOf))
        {
            string[] freed = [.. link.AlternativeNames.Intersect(wanted)];
            foreach (string name in freed)
                yield return CardPlanner.FreeName(link, name);
            // What makes it anew when the plan is taken back comes before the names do.
            Link rest = link with { AlternativeNames = [.. link.AlternativeNames.Except(freed)] };
            yield return CardPlanner.Delete(rest, state, rank: RankOf(link));
        }

        foreach (Link link in state.Links)
        {
            // Our own ports are deleted, or leave it for the bridge that they declare.
            bool isEmpty = link.Kind == "bridge" && mark.IsOn(link) && goes(link) &&
                !state.Links.Any(l => l.MasterIndex == link.Index && !mark.IsOn(l));
            if (isEmpty)
                yield return CardPlanner.Delete(link, state);
        }

        int RankOf(Link link) => ranks.GetValueOrDefault(link.Name);
    }
}
