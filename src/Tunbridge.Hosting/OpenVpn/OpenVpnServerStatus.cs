// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Hosting.OpenVpn;

/// <summary>A server at one moment.</summary>
public sealed record OpenVpnServerStatus
{
    /// <summary>When it was looked at.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Its clients, those whose handshake is under way included.</summary>
    public required IReadOnlyList<ServerClientStatus> Clients { get; init; }

    /// <summary>The addresses and networks that lead to clients.</summary>
    public required IReadOnlyList<ServerRouteStatus> Routes { get; init; }

    /// <summary>Control datagrams that were dropped because too many waited.</summary>
    public long ControlDropped { get; init; }

    /// <summary>What the data path has dropped; counts on. Null before it began.</summary>
    public DropCounters? Drops { get; init; }
}
