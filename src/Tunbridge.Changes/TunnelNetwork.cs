// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>What a running tunnel has on the host: its card's addresses, its routes, and the routes of others that stepped aside for them.</summary>
public sealed record TunnelNetwork
{
    /// <summary>The tunnel's card, which is there already.</summary>
    public required string Card { get; init; }

    /// <summary>The card's addresses.</summary>
    public IReadOnlyList<AddressSettings> Addresses { get; init; } = [];

    /// <summary>The card's MTU; null leaves it.</summary>
    public int? Mtu { get; init; }

    /// <summary>The card's MAC address; null leaves it.</summary>
    public HardwareAddress? Mac { get; init; }

    /// <summary>The card's queue length; null leaves it.</summary>
    public int? QueueLength { get; init; }

    /// <summary>The tunnel's own routes, into it and around it, in the order in which they are laid; each of <see cref="RouteOrigin.Protocol"/>.</summary>
    public IReadOnlyList<CardRoute> Routes { get; init; } = [];

    /// <summary>Routes of others in whose place one of ours is, as they were; they are put back.</summary>
    public IReadOnlyList<CardRoute> Displaced { get; init; } = [];
}
