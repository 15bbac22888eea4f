// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.Changes;
using Tunbridge.Netlink;

namespace Tunbridge.Configuration;

/// <summary>One address of a card (an entry of <c>addresses</c>).</summary>
public sealed record DeviceAddress
{
    /// <summary>The address with its prefix length (<c>address</c>, or the entry itself).</summary>
    public required IpPrefix Prefix { get; init; }

    /// <summary>The other end of a point-to-point address (<c>peer</c>); null for none.</summary>
    public IpPrefix? Peer { get; init; }

    /// <summary>The IPv4 broadcast address (<c>broadcast</c>); null for the prefix's own on a TAP.</summary>
    public IPAddress? Broadcast { get; init; }

    /// <summary>The IPv4 label (<c>label</c>), which begins with the card's name; null for the name itself.</summary>
    public string? Label { get; init; }

    /// <summary>How far it is valid (<c>scope</c>); null for the kernel's choice.</summary>
    public AddressScope? Scope { get; init; }

    /// <summary>How long it stays (<c>lifetime</c>); null for ever.</summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>How long it is used for new connections (<c>preferred-lifetime</c>); null as long as it stays.</summary>
    public TimeSpan? PreferredLifetime { get; init; }

    /// <summary>Where it stands.</summary>
    public SourcePosition Position { get; init; }

    /// <summary>Whether nothing but the address is given.</summary>
    public bool IsPlain => Peer is null && Broadcast is null && Label is null && Scope is null &&
        Lifetime is null && PreferredLifetime is null;

    /// <summary>The address, and the peer where there is one.</summary>
    public override string ToString() => Peer is IpPrefix peer ? $"{Prefix} peer {peer}" : Prefix.ToString();
}
