// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Sets how a bridge itself is: spanning tree, ageing, MTU, MAC … (IFLA_BR_*).</summary>
public sealed class BridgeSettingsChange : NetlinkChange
{
    private readonly LinkChange? _before;
    private readonly LinkChange _wanted;

    /// <param name="bridge">The bridge.</param>
    /// <param name="found">How it is; null when it is made in the same plan.</param>
    /// <param name="wanted">How it is to be; null members are left.</param>
    internal BridgeSettingsChange(string bridge, Link? found, LinkChange wanted)
        : base(bridge)
    {
        _before = found is null ? null : BridgeText.ValuesOf(found, wanted);
        _wanted = wanted;
    }

    /// <inheritdoc/>
    public override string Action => "set-bridge";

    /// <inheritdoc/>
    public override string Description => $"set the bridge {Card} to {To}";

    /// <inheritdoc/>
    public override string Operation => $"RTM_NEWLINK {Card} IFLA_INFO_DATA {To}";

    /// <inheritdoc/>
    public override ChangePhase Phase => ChangePhase.Tune;

    /// <inheritdoc/>
    public override string? From => _before is null ? null : BridgeText.Of(_before);

    /// <inheritdoc/>
    public override string? To => BridgeText.Of(_wanted);

    internal override void Record(ChangeContext context, NetlinkBatch batch) => batch.Links.Change(Card, _wanted);

    internal override void RecordUndo(ChangeContext context, NetlinkBatch batch)
    {
        if (_before is not null)
            batch.Links.Change(Card, _before);
    }

    internal override string? FindMismatch(HostState after) =>
        after.Find(Card) is not { Kind: "bridge" } found ? "it is not there"
        : BridgeText.Of(found, _wanted) is var now && now == To ? null
        : $"it is '{now}'";
}
