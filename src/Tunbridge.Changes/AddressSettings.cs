// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>An address that a card is to have, with what belongs to it.</summary>
public sealed record AddressSettings
{
    /// <summary>The card's own address; its length is that of the peer's prefix when there is a peer.</summary>
    public required IpPrefix Address { get; init; }

    /// <summary>The other end of a point-to-point link; null for none.</summary>
    public IPAddress? Peer { get; init; }

    /// <summary>The IPv4 broadcast address; null for the usual one on a TAP, and none on a TUN.</summary>
    public IPAddress? Broadcast { get; init; }

    /// <summary>The IPv4 label, which begins with the card's name; null for the name itself.</summary>
    public string? Label { get; init; }

    /// <summary>How far an IPv4 address is valid; null leaves it to the kernel (global).</summary>
    public AddressScope? Scope { get; init; }

    /// <summary>How long it stays, in whole seconds; null for ever.</summary>
    public TimeSpan? ValidLifetime { get; init; }

    /// <summary>How long it is used for new connections, in whole seconds; null for ever.</summary>
    public TimeSpan? PreferredLifetime { get; init; }

    /// <summary>An address without more to it.</summary>
    /// <param name="address">The address.</param>
    public static implicit operator AddressSettings(IpPrefix address) => FromIpPrefix(address);

    /// <summary>An address without more to it.</summary>
    /// <param name="address">The address.</param>
    public static AddressSettings FromIpPrefix(IpPrefix address) => new() { Address = address };

    /// <summary>What somebody gave a card, as settings that make it again.</summary>
    /// <param name="entry">The kernel's entry.</param>
    public static AddressSettings Of(InterfaceAddress entry) => new()
    {
        Address = HostState.PrefixOf(entry),
        Peer = entry!.Peer,
        Broadcast = entry.Broadcast,
        Label = entry.IsIPv6 ? null : entry.Label,
        Scope = entry.IsIPv6 ? null : entry.Scope,
        ValidLifetime = entry.ValidLifetime,
        PreferredLifetime = entry.PreferredLifetime,
    };

    /// <summary>Whether the kernel's entry is this address, whatever else belongs to it.</summary>
    /// <param name="entry">The kernel's entry.</param>
    public bool IsSameAs(InterfaceAddress entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return HostState.PrefixOf(entry) == Address && Equals(entry.Peer, Peer);
    }

    /// <summary>Whether the kernel's entry is this address with all that is declared about it.</summary>
    /// <param name="entry">The kernel's entry.</param>
    /// <param name="card">The card's name, which is the label that nobody gave.</param>
    public bool Matches(InterfaceAddress entry, string card) =>
        IsSameAs(entry) && FitsInPlace(entry, card) && HasLifetimeOf(entry);

    /// <summary>Whether broadcast, label and scope, which cannot be changed in place, are as declared.</summary>
    internal bool FitsInPlace(InterfaceAddress entry, string card) =>
        Address.IsIPv6 ||
        ((Broadcast is null || Broadcast.Equals(entry.Broadcast)) &&
         (entry.Label ?? card) == (Label ?? card) &&
         (Scope is null || Scope == entry.Scope));

    /// <summary>Whether it ends, or is used for new connections, as declared; running times are not compared.</summary>
    internal bool HasLifetimeOf(InterfaceAddress entry) =>
        (ValidLifetime is null) == entry.Flags.HasFlag(AddressFlags.Permanent) &&
        (PreferredLifetime == TimeSpan.Zero) == entry.Flags.HasFlag(AddressFlags.Deprecated);

    /// <summary>The entry to ask the kernel for.</summary>
    internal InterfaceAddress ToEntry(int linkIndex, IPAddress? usualBroadcast) => new()
    {
        LinkIndex = linkIndex,
        Address = Address.Address,
        PrefixLength = Address.Length,
        Peer = Peer,
        Broadcast = Broadcast ?? (Peer is null ? usualBroadcast : null),
        Label = Label,
        Scope = Scope ?? AddressScope.Global,
        ValidLifetime = ValidLifetime,
        PreferredLifetime = PreferredLifetime ?? ValidLifetime,
    };

    /// <summary>Such as <c>10.0.0.1 peer 10.0.0.2/32 label tap0:1</c>: all that is said about it.</summary>
    public override string ToString()
    {
        string text = Peer is null ? Address.ToString() : $"{Address.Address} peer {Peer}/{Address.Length}";
        if (Broadcast is not null)
            text += $" broadcast {Broadcast}";
        if (Label is not null)
            text += $" label {Label}";
        if (Scope is AddressScope scope)
            text += $" scope {scope.ToString().ToLowerInvariant()}";
        if (ValidLifetime is TimeSpan valid)
            text += $" valid {valid.TotalSeconds:0} s";
        if (PreferredLifetime is TimeSpan preferred)
            text += $" preferred {preferred.TotalSeconds:0} s";
        return text;
    }
}
