// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Hosting;

/// <content>The way to the server changes: another network, a router that comes or goes.</content>
public sealed partial class TunnelHost
{
    // Called in turn, on a thread of the namespace.
    private void Watch()
    {
        if (_monitor is not null || _demand is not { Outside.Count: > 0 })
            return;
        _monitor = NetlinkMonitor.Open(NetlinkTopics.Routes);
        _watch = WatchAsync(_monitor);
    }

    private async Task WatchAsync(NetlinkMonitor monitor)
    {
        try
        {
            await foreach (NetlinkEvent happened in monitor.ReadAllAsync().ConfigureAwait(false))
            {
                // Ours are the answer, not the question; a lost event may have been any.
                if (happened is not RouteEvent { Route.Protocol: RouteOrigin.Protocol })
                    await TryAdaptAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or LinuxException)
        {
            _options.Log.Write(4, $"the host's routes are watched no more: {e.Message}");
        }
    }

    private async Task TryAdaptAsync()
    {
        try
        {
            await AdaptAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or LinuxException or UnauthorizedAccessException)
        {
            // The next change of a route is the next try.
            _options.Log.Write(1, $"ERROR: the server's way outside the tunnel cannot follow the host's routes: {e.Message}");
        }
    }

    private Task AdaptAsync() => InTurnAsync(netlink =>
    {
        if (_network is not { } network || _demand is not { } demand || _isDisposed)
            return;
        HostState state = HostState.Read(netlink, [SwitchOf(network.Card)]);
        TunnelNetwork wanted = TunnelLayout.Of(state, network.Card, Reduce(demand, state), network, OutsideServers.Read(_options.FilesRoot), out _);
        // Only what leads around the tunnel follows the host; the rest is as it was asked for.
        // What the kernel refused is not asked for again, unless it is another route by now.
        bool isSame = Around(wanted).Where(r => !_refused.Contains(r)).SequenceEqual(Around(network)) && network.Routes.All(r => r.Card == network.Card || IsThere(state, r));
        if (isSame)
            return;
        Apply(netlink, network.Card, demand, CancellationToken.None);
    }, CancellationToken.None);

    private static IEnumerable<string> Around(TunnelNetwork network) => network.Routes.Where(r => r.Card != network.Card).Select(r => r.ToString());

    private static bool IsThere(HostState state, CardRoute route) => state.Find(route.Card) is { } link &&
        state.RouteRecords.Any(r => r.LinkIndex == link.Index && r.Destination.Equals(route.Route.Destination) && Equals(r.Gateway, route.Route.Gateway));

    private async Task StopWatchAsync()
    {
        _monitor?.Dispose();
        await _watch.ConfigureAwait(false);
    }
}
