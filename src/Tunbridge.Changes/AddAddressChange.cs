// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Gives a card an address (RTM_NEWADDR).</summary>
public sealed class AddAddressChange : NetlinkChange
{
    private readonly AddressSettings _settings;
    private readonly IPAddress? _broadcast;
    private readonly bool _isRestored;

    /// <param name="card">The card.</param>
    /// <param name="settings">The address.</param>
    /// <param name="broadcast">The IPv4 broadcast address where the settings name none, or null.</param>
    /// <param name="isRestored">
    /// Whether the card had it before, and may have lost it by an earlier step (a secondary address goes with its primary).
    /// </param>
    internal AddAddressChange(string card, AddressSettings settings, IPAddress? broadcast, bool isRestored)
        : base(card)
    {
        _settings = settings;
        _broadcast = settings.Broadcast ?? (settings.Peer is null ? broadcast : null);
        _isRestored = isRestored;
    }

    /// <summary>The address.</summary>
    public IpPrefix Address => _settings.Address;

    /// <summary>The network that is reached through the card with it: the peer's, when there is one.</summary>
    public IpPrefix Reached => _settings.Peer is { } peer ? new(peer, Address.Length) : Address;

    /// <inheritdoc/>
    public override string Action => _isRestored ? "keep-address" : "add-address";

    /// <inheritdoc/>
    public override string Description =>
        _isRestored ? $"keep the address {_settings} on {Card}" : $"add the address {_settings} to {Card}";

    /// <inheritdoc/>
    public override string Operation => _broadcast is null
        ? $"RTM_NEWADDR {Card} IFA_LOCAL {Plain}"
        : $"RTM_NEWADDR {Card} IFA_LOCAL {Plain} IFA_BROADCAST {_broadcast}";

    private AddressSettings Plain => _settings with { Broadcast = null };

    /// <inheritdoc/>
    public override ChangePhase Phase => ChangePhase.AddAddress;

    /// <inheritdoc/>
    public override string? From => _isRestored ? _settings.ToString() : null;

    /// <inheritdoc/>
    public override string? To => _settings.ToString();

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
        InterfaceAddress? found = after.AddressesOf(link).FirstOrDefault(_settings.IsSameAs);
        return found is null ? "the card does not have it"
            : _settings.FitsInPlace(found, Card) ? null
            : $"it is '{AddressSettings.Of(found)}'";
    }

    private InterfaceAddress Entry(ChangeContext context) => _settings.ToEntry(context.IndexOf(Card), _broadcast);
}
