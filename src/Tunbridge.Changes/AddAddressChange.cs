// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Gives a card an address (RTM_NEWADDR).</summary>
public sealed class AddAddressChange : NetlinkChange
{
    private readonly IPAddress? _broadcast;
    private readonly bool _isRestored;

    /// <param name="card">The card.</param>
    /// <param name="address">The address.</param>
    /// <param name="broadcast">The IPv4 broadcast address, or null.</param>
    /// <param name="isRestored">
    /// Whether the card had it before, and may have lost it by an earlier step (a secondary address goes with its primary).
    /// </param>
    internal AddAddressChange(string card, IpPrefix address, IPAddress? broadcast, bool isRestored)
        : base(card)
    {
        Address = address;
        _broadcast = broadcast;
        _isRestored = isRestored;
    }

    /// <summary>The address.</summary>
    public IpPrefix Address { get; }

    /// <inheritdoc/>
    public override string Action => _isRestored ? "keep-address" : "add-address";

    /// <inheritdoc/>
    public override string Description =>
        _isRestored ? $"keep the address {Address} on {Card}" : $"add the address {Address} to {Card}";

    /// <inheritdoc/>
    public override string Operation => _broadcast is null
        ? $"RTM_NEWADDR {Card} IFA_LOCAL {Address}"
        : $"RTM_NEWADDR {Card} IFA_LOCAL {Address} IFA_BROADCAST {_broadcast}";

    /// <inheritdoc/>
    public override ChangePhase Phase => ChangePhase.AddAddress;

    /// <inheritdoc/>
    public override string? From => _isRestored ? Address.ToString() : null;

    /// <inheritdoc/>
    public override string? To => Address.ToString();

    internal override void Record(ChangeContext context, NetlinkBatch batch)
    {
        if (_isRestored)
            batch.Addresses.Replace(Entry(context));
        else
            batch.Addresses.Add(Entry(context));
    }

    internal override void RecordUndo(ChangeContext context, NetlinkBatch batch)
    {
        if (!_isRestored)
            batch.Addresses.Delete(Entry(context));
    }

    internal override bool IsAlreadyUndone(LinuxException error) => error.Errno == Errno.EADDRNOTAVAIL;

    internal override string? FindMismatch(HostState after)
    {
        if (after.Find(Card) is not Link link)
            return "the card is gone";
        return after.AddressesOf(link).Any(a => HostState.PrefixOf(a) == Address) ? null : "the card does not have it";
    }

    private InterfaceAddress Entry(ChangeContext context) => new()
    {
        LinkIndex = context.IndexOf(Card),
        Address = Address.Address,
        PrefixLength = Address.Length,
        Broadcast = _broadcast,
    };
}
