// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Sets how a card is as a port of its bridge (IFLA_BRPORT_*).</summary>
public sealed class PortOptionsChange : NetlinkChange
{
    private readonly BridgePortInfo? _before;
    private readonly BridgePortChange _wanted;

    /// <param name="card">The card.</param>
    /// <param name="before">How it is; null when it joins the bridge in the same plan.</param>
    /// <param name="wanted">How it is to be; null members are left.</param>
    internal PortOptionsChange(string card, BridgePortInfo? before, BridgePortChange wanted)
        : base(card)
    {
        _before = before;
        _wanted = wanted;
    }

    /// <inheritdoc/>
    public override string Action => "set-port";

    /// <inheritdoc/>
    public override string Description => $"set {Card} as a port to {To}";

    /// <inheritdoc/>
    public override string Operation => $"RTM_NEWLINK {Card} IFLA_INFO_SLAVE_DATA {To}";

    /// <inheritdoc/>
    public override ChangePhase Phase => ChangePhase.PortOptions;

    /// <inheritdoc/>
    public override string? From => _before is null ? null : PortText.Of(_before, _wanted);

    /// <inheritdoc/>
    public override string? To => PortText.Of(_wanted);

    internal override void Record(ChangeContext context, NetlinkBatch batch) =>
        batch.Links.Change(Card, new LinkChange { BridgePort = _wanted });

    internal override void RecordUndo(ChangeContext context, NetlinkBatch batch)
    {
        if (_before is not null)
            batch.Links.Change(Card, new LinkChange { BridgePort = PortText.ValuesOf(_before, _wanted) });
    }

    internal override string? FindMismatch(HostState after) =>
        after.Find(Card)?.BridgePort is not { } port ? "it is no port"
        : PortText.Of(port, _wanted) is var found && found == To ? null
        : $"it is '{found}'";
}
