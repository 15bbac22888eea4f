// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Tunbridge.Commands;
using Tunbridge.Configuration;
using Tunbridge.Linux;
using Tunbridge.Netlink;
using Tunbridge.Output;

namespace Tunbridge.Serve;

/// <summary>Says that something may have changed on a file's cards, shortly after the kernel does.</summary>
/// <remarks>
/// Listens to every namespace of the file from the time it is made, on no thread of its own; what concerns no card of
/// a file's kind wakes it and nobody else. disable_ipv6 has no event of its own, only the addresses that come and go by it.
/// </remarks>
internal sealed class DriftWatch : IDisposable
{
    // Tools change a card in several steps; one look at the end of them is enough.
    private static readonly TimeSpan s_settling = TimeSpan.FromMilliseconds(50);

    private const NetlinkTopics Topics =
        NetlinkTopics.Links | NetlinkTopics.Addresses | NetlinkTopics.Routes | NetlinkTopics.Rules |
        NetlinkTopics.Settings;

    private readonly List<NetlinkMonitor> _monitors = [];
    private readonly HashSet<string> _names;
    private readonly Action _onChange;
    private int _isPending;
    private volatile bool _disposed;

    internal DriftWatch(DesiredState desired, Action onChange)
    {
        _onChange = onChange;
        _names = [.. desired.Devices.Select(d => d.Name), .. desired.Devices.Select(d => d.Bridge).OfType<string>(), .. desired.Devices.SelectMany(d => d.Requires)];
        List<string?> namespaces = [null, .. desired.Devices.Select(d => d.NetworkNamespace).OfType<string>().Distinct()];
        try
        {
            foreach (string? ns in namespaces)
            {
                (NetlinkMonitor monitor, ConcurrentDictionary<int, bool> cards) = TargetNamespace.In(ns, Open);
                _monitors.Add(monitor);
                _ = Task.Run(() => ListenAsync(monitor, cards));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _disposed = true;
        foreach (NetlinkMonitor monitor in _monitors)
            monitor.Dispose();
    }

    private static (NetlinkMonitor Monitor, ConcurrentDictionary<int, bool> Cards) Open()
    {
        NetlinkMonitor monitor = NetlinkMonitor.Open(Topics);
        try
        {
            using RouteNetlink netlink = RouteNetlink.Open();
            return (monitor, new(netlink.Links.List("tun").Select(l => KeyValuePair.Create(l.Index, true))));
        }
        catch
        {
            monitor.Dispose();
            throw;
        }
    }

    private async Task ListenAsync(NetlinkMonitor monitor, ConcurrentDictionary<int, bool> cards)
    {
        try
        {
            await foreach (NetlinkEvent happened in monitor.ReadAllAsync().ConfigureAwait(false))
            {
                if (Concerns(happened, cards) && Interlocked.Exchange(ref _isPending, 1) == 0)
                    _ = AnnounceAsync();
            }
        }
        catch (LinuxException e) when (!_disposed)
        {
            Terminal.Warn($"changes are no longer seen: {e.Message}; reload to listen again");
        }
    }

    private async Task AnnounceAsync()
    {
        await Task.Delay(s_settling).ConfigureAwait(false);
        // Before the look: what comes during it is worth another.
        Volatile.Write(ref _isPending, 0);
        if (!_disposed)
            _onChange();
    }

    private bool Concerns(NetlinkEvent happened, ConcurrentDictionary<int, bool> cards)
    {
        switch (happened)
        {
            case LinkEvent { Link: Link link } change:
                if (link.Tun is not null || link.Kind == "tun")
                {
                    if (change.IsRemoved)
                        cards.TryRemove(link.Index, out _);
                    else
                        cards[link.Index] = true;
                    return true;
                }

                return _names.Contains(link.Name) || cards.ContainsKey(link.Index);
            case AddressEvent address:
                return cards.ContainsKey(address.Address.LinkIndex);
            case RouteEvent route:
                // A route that leads nowhere is on no card, and may be a card's all the same.
                return cards.ContainsKey(route.Route.LinkIndex) || route.Route.NextHops.Count > 0 ||
                    route.Route.Type is RouteType.Blackhole or RouteType.Unreachable or RouteType.Prohibit or RouteType.Throw;
            case SettingsEvent settings:
                return settings.LinkIndex == SettingsEvent.AllLinks || cards.ContainsKey(settings.LinkIndex);
            default:
                return true;
        }
    }
}
