// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Takes an address from a card (RTM_DELADDR).</summary>
public sealed class RemoveAddressChange : NetlinkChange
{
    private readonly InterfaceAddress _entry;

    internal RemoveAddressChange(string card, InterfaceAddress entry)
        : base(card) => _entry = entry;

    /// <summary>The address.</summary>
    public IpPrefix Address => HostState.PrefixOf(_entry);

    /// <inheritdoc/>
    public override string Action => "remove-address";

    /// <inheritdoc/>
    public override string Description => $"remove the address {_entry} from {Card}";

    /// <inheritdoc/>
    public override string Operation => $"RTM_DELADDR {Card} IFA_LOCAL {_entry}";

    /// <inheritdoc/>
    public override ChangePhase Phase => ChangePhase.RemoveAddress;

    /// <inheritdoc/>
    public override string? From => _entry.ToString();

    internal override void Record(ChangeContext context, NetlinkBatch batch) => batch.Addresses.Delete(_entry);

    // A secondary address goes with its primary, an IPv6 one with the card's going down.
    internal override bool IsAlreadyDone(LinuxException error) => error.Errno == Errno.EADDRNOTAVAIL;

    internal override void RecordUndo(ChangeContext context, NetlinkBatch batch) => batch.Addresses.Replace(_entry);

    internal override string? FindMismatch(HostState after) =>
        after.AddressesOf(_entry.LinkIndex).Any(a => a.Address.Equals(_entry.Address) &&
            a.PrefixLength == _entry.PrefixLength && Equals(a.Peer, _entry.Peer))
            ? "the card still has it"
            : null;
}
