// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Testing;

namespace Tunbridge.Hosting.Tests;

/// <summary>Carries out what a tunnel asks with `ip` in a test's namespace, and keeps what was asked.</summary>
internal sealed class IpHost(TestNamespace space) : ITunnelHost
{
    internal HostDemand? Demand { get; private set; }

    internal bool IsUndone { get; private set; }

    public Task ApplyAsync(string device, HostDemand demand, CancellationToken cancellationToken = default)
    {
        Demand = demand;
        space.Ip($"link set {device} mtu {demand.Mtu} up");
        foreach (HostAddress address in demand.Addresses)
        {
            space.Ip(address.Peer is null ? $"addr add {address.Address}/{address.PrefixLength} dev {device}"
                : $"addr add {address.Address} peer {address.Peer} dev {device}");
        }
        foreach (TunnelRoute route in demand.Routes)
            space.Ip($"route replace {route.Network} dev {device}");
        return Task.CompletedTask;
    }

    public Task UndoAsync()
    {
        IsUndone = true;
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
