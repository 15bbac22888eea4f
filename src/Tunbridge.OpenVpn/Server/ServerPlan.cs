// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.OpenVpn.Settings;

namespace Tunbridge.OpenVpn.Server;

/// <summary>What <c>server</c>, <c>server-ipv6</c>, <c>server-bridge</c> and <c>ifconfig-pool</c> amount to: the server's own addresses, its pool, and what all clients are told.</summary>
public sealed record ServerPlan
{
    private const uint BehindServer = 2;            // NET+1 is the server's
    private const uint BehindServerInFours = 4;     // NET+0 to NET+3 are the server's
    private const uint BehindServerV6 = 0x1000;
    private const int SmallNetworkV6 = 112;
    private const int SmallNetwork = 29;

    /// <summary>How addresses are laid out; of no meaning on TAP.</summary>
    public Topology Topology { get; init; }

    /// <summary>The card carries frames.</summary>
    public bool IsTap { get; init; }

    /// <summary>The server's own IPv4 address; null for none.</summary>
    public InterfaceAddress? Address { get; init; }

    /// <summary>The server's own IPv6 address; null for none.</summary>
    public InterfaceAddress? AddressV6 { get; init; }

    /// <summary>Networks that the host routes into the card, beside those of its addresses.</summary>
    public IReadOnlyList<IPNetwork> Routes { get; init; } = [];

    /// <summary>The pool's addresses; null without a pool.</summary>
    public AddressPoolSettings? Pool { get; init; }

    /// <summary>The mask pushed with an address of the pool; null where the server's own address is.</summary>
    public IPAddress? Mask { get; init; }

    /// <summary>What the configuration pushes to all clients.</summary>
    public IReadOnlyList<string> Push { get; init; } = [];

    /// <summary>What follows from it and is pushed after that.</summary>
    public IReadOnlyList<string> ImplicitPush { get; init; } = [];

    /// <summary>The plan of a configuration.</summary>
    /// <param name="configuration">A server's, without errors.</param>
    /// <returns>The plan.</returns>
    public static ServerPlan Of(TunnelConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ServerDirectives server = configuration.Server;
        Client.PulledOptions own = Client.PulledOptions.ReadOwn(configuration);
        bool isSubnet = configuration.IsTap || configuration.Topology == Topology.Subnet;
        ServerPlan plan = new()
        {
            Topology = configuration.Topology,
            IsTap = configuration.IsTap,
            Push = server.Push,
            Address = own.Address,
            AddressV6 = own.AddressV6,
            Mask = isSubnet && own.Address is { } address ? NetworkText.FromNumber(NetworkText.Mask(address.PrefixLength)) : null,
        };
        List<string> pushed = [];
        if (server.NetworkV6 is { } networkV6)
            plan = plan.WithNetworkV6(networkV6, pushed);
        if (server.Network is { } network)
            plan = isSubnet ? plan.WithSubnet(network, pushed) : plan.WithPairs(network, server.ClientToClient, pushed);
        else if (server.Bridge is { } bridge)
            plan = plan.WithBridge(bridge, pushed);
        if (server.Pool is { } range)
            plan = plan.WithPool(range);
        if (server.HasNoPool)
            plan = plan with { Pool = null };
        if (server.PoolV6 is { } poolV6)
            plan = plan with { Pool = (plan.Pool ?? new()) with { FirstV6 = poolV6.Address, PrefixLengthV6 = poolV6.PrefixLength } };
        if (server.KeepAlive is { } alive)
            pushed.AddRange([$"ping {alive.Interval.TotalSeconds:0}", $"ping-restart {alive.Timeout.TotalSeconds:0}"]);
        return plan with
        {
            ImplicitPush = pushed,
            Pool = plan.Pool is { } pool ? pool with { IsInFours = !isSubnet && plan.Topology == Topology.Net30, ForgetsNames = server.AllowsDuplicateNames } : null,
        };
    }

    /// <summary>What is pushed with addresses of the pool.</summary>
    /// <param name="lease">From a pool of <see cref="Pool"/>.</param>
    /// <returns>The client's addresses.</returns>
    public ClientAddresses Addresses(PoolLease lease)
    {
        ArgumentNullException.ThrowIfNull(lease);
        IPAddress? beside = Mask ?? Address?.Address;
        // Four addresses a client: the second is the server's end of it.
        if (Pool?.IsInFours == true && lease.Address is not null && NetworkText.TryNumber(lease.Address, out uint number))
            beside = NetworkText.FromNumber(number - 1);
        return new()
        {
            Address = lease.Address,
            MaskOrPeer = lease.Address is null ? null : beside,
            AddressV6 = lease.AddressV6,
            PrefixLengthV6 = Pool?.PrefixLengthV6 ?? 0,
            PeerV6 = lease.AddressV6 is null ? null : AddressV6?.Address,
        };
    }

    private ServerPlan WithSubnet(IPNetwork network, List<string> pushed)
    {
        (uint first, uint last) = Ends(network);
        IPAddress server = NetworkText.FromNumber(first + 1);
        pushed.Add($"route-gateway {server}");
        if (!IsTap)
            pushed.Add("topology subnet");
        return this with
        {
            Address = new() { Address = server, PrefixLength = network.PrefixLength },
            Mask = NetworkText.FromNumber(NetworkText.Mask(network.PrefixLength)),
            Pool = (Pool ?? new()) with { First = NetworkText.FromNumber(first + BehindServer), Last = NetworkText.FromNumber(last - 1) },
        };
    }

    private ServerPlan WithPairs(IPNetwork network, bool clientToClient, List<string> pushed)
    {
        (uint first, uint last) = Ends(network);
        IPAddress server = NetworkText.FromNumber(first + 1);
        if (clientToClient)
            pushed.Add($"route {network.BaseAddress} {NetworkText.FromNumber(NetworkText.Mask(network.PrefixLength))}");
        else if (Topology == Topology.Net30)
            pushed.Add($"route {server}");
        pushed.Add(Topology == Topology.Net30 ? "topology net30" : "topology p2p");
        // A /29 has no four addresses to spare at its end.
        uint end = network.PrefixLength == SmallNetwork ? last : last - BehindServerInFours;
        return this with
        {
            Address = new() { Address = server, PrefixLength = 32, Peer = NetworkText.FromNumber(first + 2) },
            Routes = [network],
            Pool = (Pool ?? new()) with { First = NetworkText.FromNumber(first + BehindServerInFours), Last = NetworkText.FromNumber(end) },
        };
    }

    private ServerPlan WithBridge(ServerBridge bridge, List<string> pushed)
    {
        if (bridge.Gateway is not null)
            pushed.Add($"route-gateway {bridge.Gateway}");
        else if (!bridge.PushesNoGateway)
            pushed.Add("route-gateway dhcp");
        return bridge.Range is { } range ? WithPool(range) : this;
    }

    private ServerPlan WithPool(AddressRange range) => this with
    {
        Mask = range.Mask ?? Mask,
        Pool = (Pool ?? new()) with { First = range.First, Last = range.Last },
    };

    private ServerPlan WithNetworkV6(IPNetwork network, List<string> pushed)
    {
        UInt128 first = NetworkText.NumberV6(network.BaseAddress);
        pushed.Add("tun-ipv6");
        return this with
        {
            AddressV6 = new()
            {
                Address = NetworkText.FromNumberV6(first + 1),
                PrefixLength = network.PrefixLength,
                Peer = NetworkText.FromNumberV6(first + 2),
            },
            Pool = (Pool ?? new()) with
            {
                FirstV6 = NetworkText.FromNumberV6(first + (network.PrefixLength >= SmallNetworkV6 ? BehindServer : BehindServerV6)),
                PrefixLengthV6 = network.PrefixLength,
            },
        };
    }

    private static (uint First, uint Last) Ends(IPNetwork network)
    {
        NetworkText.TryNumber(network.BaseAddress, out uint first);
        return (first, first | ~NetworkText.Mask(network.PrefixLength));
    }
}
