// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Makes a bridge (RTM_NEWLINK).</summary>
public sealed class CreateBridgeChange : Change
{
    internal CreateBridgeChange(string bridge)
        : base(bridge)
    {
    }

    /// <inheritdoc/>
    public override string Action => "create-bridge";

    /// <inheritdoc/>
    public override string Description => $"create the bridge {Card}";

    /// <inheritdoc/>
    public override string Operation => $"RTM_NEWLINK {Card} IFLA_INFO_KIND bridge";

    /// <inheritdoc/>
    public override ChangePhase Phase => ChangePhase.Create;

    /// <inheritdoc/>
    public override string? To => "bridge";

    internal override void Apply(ChangeContext context)
    {
        context.Netlink.Links.CreateBridge(Card);
        context.Created.Add(Card);
        context.Forget(Card);
    }

    internal override void Undo(ChangeContext context)
    {
        context.Netlink.Links.Delete(Card);
        context.Forget(Card);
    }

    internal override string? FindMismatch(HostState after) => after.Find(Card) is { Kind: "bridge" } ? null : "it is not there";
}
