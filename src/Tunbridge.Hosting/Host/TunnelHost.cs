// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.Changes;
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Hosting;

/// <summary>The host that this process runs on: what a tunnel asks for is done by the kernel and the resolver, and taken back.</summary>
/// <remarks>
/// Every demand is one plan of <see cref="Changes"/>: verified, and undone as a whole when a step fails. What the tunnel has is on record before
/// it is done; the next start of any tunnel takes back what a killed process left (<see cref="RecoverAsync"/>). While it runs it watches the
/// host's routes, so that the server stays reachable outside when the way there changes. Theory of operation: docs/openvpn-client.md.
/// </remarks>
public sealed partial class TunnelHost : ITunnelHost
{
    private readonly TunnelHostOptions _options;
    private readonly HostResolver? _resolver;

    // A process takes the lock of a namespace once: its tunnels take turns.
    private static readonly SemaphoreSlim s_turn = new(1, 1);

    // In turn.
    private TunnelNetwork? _network;
    private HostDemand? _demand;
    private ResolverEntry? _told;
    private HashSet<string> _refused = [];      // routes that the kernel did not take
    private NetlinkMonitor? _monitor;
    private Task _watch = Task.CompletedTask;
    private bool _isDisposed;

    /// <summary>A host that has not been asked for anything yet.</summary>
    /// <param name="options">How it works.</param>
    public TunnelHost(TunnelHostOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _resolver = options.LeavesResolver ? null : options.Resolver ?? (options.Namespace is null ? HostResolver.Find() : null);
    }

    /// <summary>Takes back what tunnels of killed processes have left in the namespace.</summary>
    /// <param name="cancellationToken">Ends the waiting for other runs.</param>
    public Task RecoverAsync(CancellationToken cancellationToken = default) => InTurnAsync(netlink =>
    {
        using ChangeJournal journal = ChangeJournal.Open(netlink, _options.Tunnel, cancellationToken: cancellationToken);
        foreach (TunnelRecord dead in TunnelRecord.ListDead())
            Recover(netlink, dead);
    }, cancellationToken);

    /// <inheritdoc/>
    public Task ApplyAsync(string device, HostDemand demand, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(demand);
        return InTurnAsync(netlink =>
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            Apply(netlink, device, demand, cancellationToken);
            Watch();
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public Task UndoAsync() => InTurnAsync(Undo, CancellationToken.None);

    /// <summary>Takes everything back.</summary>
    public async ValueTask DisposeAsync()
    {
        await UndoAsync().ConfigureAwait(false);
        _isDisposed = true;
        await StopWatchAsync().ConfigureAwait(false);
    }

    private async Task InTurnAsync(Action<RouteNetlink> action, CancellationToken cancellationToken)
    {
        await s_turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // The journal, its lock and /proc/sys belong to the namespace of the thread; netlink and tools block.
            await Task.Run(() =>
            {
                if (_options.Namespace is { } elsewhere)
                    elsewhere.Run(Act);
                else
                    Act();
            }, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            s_turn.Release();
        }

        void Act()
        {
            using RouteNetlink netlink = RouteNetlink.Open();
            action(netlink);
        }
    }

    private void Apply(RouteNetlink netlink, string device, HostDemand demand, CancellationToken cancellationToken)
    {
        // For its lock; what comes next is in a record of the tunnel's own.
        using ChangeJournal journal = ChangeJournal.Open(netlink, _options.Tunnel, cancellationToken: cancellationToken);
        HostState state = HostState.Read(netlink, [SwitchOf(device)]);
        bool lacksIPv6 = state.FindSysctl(SwitchOf(device)) != "0" && HasIPv6(demand);
        TunnelNetwork wanted = TunnelLayout.Of(state, device, Reduce(demand, state), _network, OutsideServers.Read(_options.FilesRoot), out IReadOnlyList<string> notes);
        if (_options.LeavesCard)
            wanted = wanted with { Addresses = [], Mtu = null, Mac = null, QueueLength = null };
        ChangePlan plan = TunnelPlanner.Create(state, _network, wanted, out IReadOnlyList<CardRoute> left);
        ResolverEntry? entry = EntryOf(demand, out IReadOnlyList<string> refused);
        if (_resolver is not null && (entry?.ToString() ?? "") != (_told?.ToString() ?? ""))
            plan = plan.With([TellResolver(_resolver, device, entry)]);
        TunnelRecord both = RecordOf(_network is null ? wanted : Union(_network, wanted)) with { HasNameServers = (entry ?? _told) is not null };
        both.Write();
        IReadOnlyList<RefusedChange> refusals;
        try
        {
            refusals = plan.Apply(netlink, cancellationToken: cancellationToken).Refused;
        }
        catch
        {
            WriteOrRemove(_network, _told is not null, both);
            throw;
        }
        // A route that is not there is not on record, either: another one may come in its place.
        ILookup<bool, CardRoute> routes = wanted.Routes.ToLookup(r => refusals.Any(f =>
            f.Change is AddRouteChange add && add.Card == r.Card && ReferenceEquals(add.Route, r.Route)));
        wanted = wanted with { Routes = [.. routes[false]] };
        _refused = [.. routes[true].Select(r => r.ToString())];
        (_network, _demand, _told) = (wanted, demand, entry);
        WriteOrRemove(_network, _told is not null, both);
        if (lacksIPv6)
        {
            _options.Log.Write(1, $"NOTE: IPv6 is switched off on this host ({SwitchOf(device)}): the tunnel's IPv6 addresses are left out, and " +
                "what should go into it by IPv6 is answered as unreachable");
        }
        foreach (string note in notes.Concat(refused))
            _options.Log.Write(1, $"NOTE: {note}");
        foreach (CardRoute route in left)
            _options.Log.Write(1, $"NOTE: the route {route} is not laid: another one is in its place");
        foreach (Change change in plan.Changes)
        {
            _options.Log.Write(3, Describe(change));
            if (refusals.FirstOrDefault(r => r.Change == change) is { } refusal)
                _options.Log.Write(1, $"ERROR: Linux route add command failed: {refusal.Error.Message}");
        }
    }

    private void Undo(RouteNetlink netlink)
    {
        if (_network is not { } network)
            return;
        using ChangeJournal journal = ChangeJournal.Open(netlink, _options.Tunnel);
        TakeBack(netlink, network, _told is not null);
        RecordOf(network).Remove();
        (_network, _demand, _told) = (null, null, null);
    }

    private void Recover(RouteNetlink netlink, TunnelRecord dead)
    {
        _options.Log.Write(1, $"NOTE: process {dead.ProcessId} ended without taking back what '{dead.Tunnel}' had on this host; that is done now");
        TakeBack(netlink, dead.Network, dead.HasNameServers);
        dead.Remove();
    }

    // The way back is no plan that fails as a whole: what can be taken back is.
    private void TakeBack(RouteNetlink netlink, TunnelNetwork network, bool hasNameServers)
    {
        if (hasNameServers && _resolver is not null)
            Forget(_resolver, network.Card);
        try
        {
            ChangePlan plan = TunnelPlanner.Create(HostState.Read(netlink), network, null, out _);
            foreach (UndoFailure failure in plan.ApplyEach(netlink))
                _options.Log.Write(1, $"ERROR: could not {failure.Change.Description}: {failure.Error.Message}");
            foreach (Change change in plan.Changes)
                _options.Log.Write(3, Describe(change));
        }
        catch (LinuxException e)
        {
            _options.Log.Write(1, $"ERROR: what '{_options.Tunnel}' had on this host is not taken back: {e.Message}");
        }
    }

    private HostDemand Reduce(HostDemand demand, HostState state)
    {
        if (_options.LeavesRoutes)
            demand = demand with { Routes = [], Redirect = null, Outside = [] };
        string? isOff = state.Sysctls.Values.FirstOrDefault();
        if (isOff == "0")
            return demand;
        demand = demand with { Addresses = [.. demand.Addresses.Where(a => !IsIPv6(a.Address))] };
        // Other cards may have it, or get it: what should go into the tunnel must not leave beside it.
        if (isOff is not null)
            return demand with { BlocksIPv6 = true };
        // A kernel without IPv6 knows no such switch.
        return demand with
        {
            Routes = [.. demand.Routes.Where(r => !IsIPv6(r.Network.BaseAddress))],
            Redirect = demand.Redirect is { } redirect ? redirect with { IPv6 = false } : null,
        };
    }

    private static string SwitchOf(string device) => $"net/ipv6/conf/{device}/disable_ipv6";

    private static bool HasIPv6(HostDemand demand) => demand.Addresses.Any(a => IsIPv6(a.Address)) || demand.Redirect is { IPv6: true } ||
        demand.Routes.Any(r => IsIPv6(r.Network.BaseAddress));

    private static bool IsIPv6(IPAddress address) => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;

    private TunnelRecord RecordOf(TunnelNetwork network) => new() { Tunnel = _options.Tunnel, Network = network };

    private void WriteOrRemove(TunnelNetwork? network, bool hasNameServers, TunnelRecord written)
    {
        if (network is null)
            written.Remove();
        else
            (RecordOf(network) with { HasNameServers = hasNameServers }).Write();
    }

    private static TunnelNetwork Union(TunnelNetwork before, TunnelNetwork wanted) => wanted with
    {
        Addresses = [.. before.Addresses.Union(wanted.Addresses)],
        Routes = [.. before.Routes, .. wanted.Routes],
        Displaced = wanted.Displaced.Count > 0 ? wanted.Displaced : before.Displaced,
    };

    // In openvpn's words where it has some: tools look for them.
    private static string Describe(Change change) => change switch
    {
        AddAddressChange { Address: var a } added => $"net_addr_{(a.IsIPv6 ? "v6" : "v4")}_add: {a} dev {added.Card}",
        AddRouteChange { Route: var r } added => $"net_route_{(r.IsIPv6 ? "v6" : "v4")}_add: {r.Destination} via {r.Gateway?.ToString() ?? "[NULL]"} dev {added.Card} table 0 metric {(r.Metric == 0 ? -1 : r.Metric)}",
        MtuChange { To: var mtu } tuned => $"net_iface_mtu_set: mtu {mtu} for {tuned.Card}",
        UpChange up => $"net_iface_up: set {up.Card} {(up.Up ? "up" : "down")}",
        _ => change.Description,
    };
}
