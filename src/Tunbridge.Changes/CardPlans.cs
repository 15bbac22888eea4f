// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Whole plans for single cards: what <c>add</c>, <c>set</c> and <c>delete</c> do.</summary>
/// <remarks>Every other interface is foreign to these, whoever it belongs to.</remarks>
public static class CardPlans
{
    /// <summary>Makes a new card, marked as made by the command line unless the settings say otherwise.</summary>
    /// <param name="state">The picture.</param>
    /// <param name="settings">What it is to be like.</param>
    /// <param name="force">Whether the guard is overridden.</param>
    public static ChangePlan Add(HostState state, CardSettings settings, bool force = false)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(settings);
        CardSettings wanted = settings with
        {
            Mark = settings.Mark ?? new() { Instance = OwnershipMark.CommandLineInstance },
        };
        List<Refusal> refusals = [];
        if (state.Find(settings.Name) is Link existing)
        {
            refusals.Add(new()
            {
                Card = settings.Name,
                Message = $"{settings.Name} exists already ({LinkText.Describe(existing)}): " +
                    $"choose another name, or change it with `tunbridge set {settings.Name}`",
                CanForce = false,
            });
        }

        AddBridgeRefusal(state, wanted, refusals);
        return ChangePlan.Create(state, refusals.Count > 0 ? [] : CardPlanner.Create(wanted, state), null, refusals, force);
    }

    /// <summary>Changes an existing card of any instance; one without a mark only with force.</summary>
    /// <param name="state">The picture.</param>
    /// <param name="settings">What it is to be like; null members stay. Its kind must be the card's.</param>
    /// <param name="force">Whether the guard is overridden.</param>
    public static ChangePlan Set(HostState state, CardSettings settings, bool force = false)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(settings);
        List<Refusal> refusals = [];
        Link? found = FindOwn(state, settings.Name, refusals);
        if (found is not null && CardPlanner.FindRemakeReason(found, settings) is string reason)
        {
            refusals.Add(new()
            {
                Card = settings.Name,
                Message = $"{settings.Name} cannot be changed like that: {reason}; delete it and make it anew",
                CanForce = false,
            });
        }

        AddBridgeRefusal(state, settings, refusals);
        bool isPossible = found?.Tun is not null && refusals.TrueForAll(r => r.CanForce);
        return ChangePlan.Create(state, isPossible ? CardPlanner.Adjust(found!, settings, state) : [], null, refusals, force);
    }

    /// <summary>Deletes cards of any instance; ones without a mark only with force.</summary>
    /// <param name="state">The picture.</param>
    /// <param name="names">The cards.</param>
    /// <param name="force">Whether the guard is overridden.</param>
    public static ChangePlan Delete(HostState state, IEnumerable<string> names, bool force = false)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(names);
        List<Refusal> refusals = [];
        List<Change> changes = [];
        foreach (string name in names.Distinct())
        {
            if (FindOwn(state, name, refusals) is { Tun: not null } found)
                changes.Add(CardPlanner.Delete(found, state));
        }

        return ChangePlan.Create(state, changes, null, refusals, force);
    }

    /// <summary>Why a card cannot join its bridge at all; null when it can or wants none.</summary>
    /// <param name="state">The picture.</param>
    /// <param name="settings">The card.</param>
    public static Refusal? FindBridgeRefusal(HostState state, CardSettings settings)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.Bridge is not { Length: > 0 } name)
            return null;
        string? why = state.Find(name) switch
        {
            null when settings.CreateBridge => null,
            null => $"there is no bridge {name} for {settings.Name}: make it with `ip link add {name} type bridge`",
            { Kind: not "bridge" } other => $"{name}, which {settings.Name} is to join, is no bridge ({LinkText.Describe(other)})",
            _ when settings.Kind == CardKind.Tun => $"{settings.Name} is a TUN, which carries no Ethernet frames and cannot join {name}",
            _ => null,
        };
        return why is null ? null : new() { Card = settings.Name, Message = why, CanForce = false };
    }

    private static void AddBridgeRefusal(HostState state, CardSettings settings, List<Refusal> refusals)
    {
        if (FindBridgeRefusal(state, settings) is Refusal refusal)
            refusals.Add(refusal);
    }

    private static Link? FindOwn(HostState state, string name, List<Refusal> refusals)
    {
        Link? found = state.Find(name);
        if (found is null)
            refusals.Add(new() { Card = name, Message = $"there is no card {name}", CanForce = false });
        else if (found.Tun is null)
            refusals.Add(new() { Card = name, Message = $"{name} is no TUN or TAP card ({LinkText.Describe(found)})", CanForce = false });
        else if (!OwnershipMark.TryParse(found.Alias, out _))
            refusals.Add(new() { Card = name, Message = $"{name} was not made by tunbridge ({LinkText.Describe(found)}): --force takes it all the same" });
        return found;
    }
}
