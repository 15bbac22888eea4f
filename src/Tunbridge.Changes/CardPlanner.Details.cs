// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

public static partial class CardPlanner
{
    /// <summary>Flags, sysctls, port settings, routes and rules of a card, found or (null) about to be made.</summary>
    private static void AddDetails(List<Change> steps, Link? found, CardSettings wanted, HostState state)
    {
        foreach ((string key, string value) in wanted.Sysctls ?? new Dictionary<string, string>())
        {
            string? now = found is null ? null : state.FindSysctl(key);
            if (now != value)
                steps.Add(new SysctlChange(wanted.Name, key, now, value));
        }

        AddFlag(steps, found, wanted.Name, LinkFlags.AllMulticast, wanted.AllMulticast, whenNew: false);
        AddFlag(steps, found, wanted.Name, LinkFlags.Multicast, wanted.Multicast, whenNew: true);
        AddFlag(steps, found, wanted.Name, LinkFlags.NoArp, !wanted.Arp, whenNew: wanted.Kind == CardKind.Tun);
        if (wanted.BridgePort is { } port && wanted.Bridge is { Length: > 0 } && PortText.Of(port).Length > 0)
        {
            bool joins = steps.Exists(s => s is PortChange);
            BridgePortInfo? now = joins ? null : found?.BridgePort;
            if (now is null || PortText.Of(now, port) != PortText.Of(port))
                steps.Add(new PortOptionsChange(wanted.Name, now, port));
        }

        AddRoutes(steps, found, wanted, state);
        foreach (Rule rule in wanted.Rules ?? [])
        {
            if (!state.Rules.Any(r => RuleText.IsSame(r, rule)))
                steps.Add(new AddRuleChange(wanted.Name, rule));
        }
    }

    private static void AddNames(List<Change> steps, string card, IReadOnlyList<string> found, CardSettings wanted)
    {
        if (wanted.AlternativeNames is not { } names)
            return;
        foreach (string name in found.Except(names))
            steps.Add(new AlternativeNameChange(card, name, isAdded: false));
        foreach (string name in names.Except(found))
            steps.Add(new AlternativeNameChange(card, name, isAdded: true));
    }

    /// <summary>The settings of a bridge that the plan makes, or that carries the mark: others are their makers' business.</summary>
    private static void AddBridgeSettings(List<Change> steps, CardSettings wanted, HostState state, string bridge)
    {
        if (wanted.BridgeSettings is not { } settings)
            return;
        Link? found = state.Find(bridge);
        bool isOurs = found is null ? wanted.CreateBridge : wanted.Mark?.IsOn(found) == true;
        if (isOurs && (found is null || BridgeText.Of(found, settings) != BridgeText.Of(settings)))
            steps.Add(new BridgeSettingsChange(bridge, found, settings));
    }

    private static void AddFlag(List<Change> steps, Link? found, string card, LinkFlags flag, bool? wanted, bool whenNew)
    {
        if (wanted is bool on && on != (found?.Flags.HasFlag(flag) ?? whenNew))
            steps.Add(new FlagChange(card, flag, on));
    }

    private static void AddRoutes(List<Change> steps, Link? found, CardSettings wanted, HostState state)
    {
        if (wanted.Routes is null)
            return;
        // A card that is down has no routes.
        IReadOnlyList<Route> routes = wanted.Up == false ? [] : wanted.Routes;
        if (found is not null && found.IsUp && wanted.Up != false)
        {
            foreach (Route route in state.RouteRecords)
            {
                bool goes = route.LinkIndex == found.Index && route.Protocol == RouteOrigin.Protocol &&
                    !routes.Any(r => RouteText.HasSameKey(r, route));
                if (goes)
                    steps.Add(new RemoveRouteChange(found.Name, route));
            }
        }

        // The kernel drops routes with the addresses that they need, all of them with a card's last address.
        bool isAtRisk = steps.Exists(s => s is RemoveAddressChange or SysctlChange);
        // Routers are reached by routes without one, so those come first.
        foreach (Route route in routes.OrderBy(r => r.Gateway is not null))
        {
            bool isThere = found is not null && state.RouteRecords.Any(r => RouteText.IsSame(r, route, found.Index));
            if (isThere && !isAtRisk)
                continue;
            // Not one of a card of this name that is deleted first.
            int gone = found is null ? state.Find(wanted.Name)?.Index ?? 0 : 0;
            Route? replaced = isThere ? null : state.RouteRecords.FirstOrDefault(
                r => RouteText.HasSameKey(r, route) && (gone == 0 || r.LinkIndex != gone));
            steps.Add(new AddRouteChange(wanted.Name, route, replaced, isThere));
        }
    }

    /// <summary>Declared routes that are not there, with what takes their place, and ours that nothing declares.</summary>
    /// <param name="found">The card.</param>
    /// <param name="wanted">What it is to be like.</param>
    /// <param name="state">The picture.</param>
    public static IReadOnlyList<RouteDifference> FindRouteDifferences(Link found, CardSettings wanted, HostState state)
    {
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(wanted);
        ArgumentNullException.ThrowIfNull(state);
        List<Change> steps = [];
        // A card that should be up has lost its routes by being down: that is told by "up".
        AddRoutes(steps, found, wanted, state);
        return [.. steps.Where(s => s.Action != "keep-route").Select(s => new RouteDifference { Declared = s.To ?? "", Found = s.From ?? "" })];
    }

    /// <summary>Declared rules that are not there, as text.</summary>
    /// <param name="wanted">What the card is to be like.</param>
    /// <param name="state">The picture.</param>
    public static IReadOnlyList<string> FindMissingRules(CardSettings wanted, HostState state)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        ArgumentNullException.ThrowIfNull(state);
        return [.. (wanted.Rules ?? []).Where(w => !state.Rules.Any(r => RuleText.IsSame(r, w))).Select(RuleText.Of)];
    }

    /// <summary>The steps that take routes of ours away that are over no card, and that no card wants any more.</summary>
    /// <param name="state">The picture.</param>
    /// <param name="own">What this instance added (<see cref="ChangeJournal.OwnRules"/>).</param>
    /// <param name="wanted">The routes that stay.</param>
    /// <param name="instance">The instance, which stands for the card.</param>
    public static IEnumerable<Change> RemoveRoutes(
        HostState state, IReadOnlyCollection<string> own, IReadOnlyList<Route> wanted, string instance)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(own);
        ArgumentNullException.ThrowIfNull(wanted);
        return state.RouteRecords
            .Where(r => r.Protocol == RouteOrigin.Protocol && RouteText.NoteOf(r) is string note && own.Contains(note) &&
                !wanted.Any(w => RouteText.HasSameKey(r, w)))
            .Select(r => new RemoveRouteChange(instance, r));
    }

    /// <summary>The steps that take rules of ours away that no card wants any more.</summary>
    /// <param name="state">The picture.</param>
    /// <param name="own">The rules that this instance added (<see cref="ChangeJournal.OwnRules"/>).</param>
    /// <param name="wanted">The rules that stay.</param>
    /// <param name="instance">The instance, which stands for the card.</param>
    public static IEnumerable<Change> RemoveRules(
        HostState state, IReadOnlyCollection<string> own, IReadOnlyList<Rule> wanted, string instance)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(own);
        ArgumentNullException.ThrowIfNull(wanted);
        return state.Rules
            .Where(r => r.Protocol == RouteOrigin.Protocol && own.Contains(RuleText.Of(r)) && !wanted.Any(w => RuleText.IsSame(r, w)))
            .Select(r => new RemoveRuleChange(instance, r));
    }
}
