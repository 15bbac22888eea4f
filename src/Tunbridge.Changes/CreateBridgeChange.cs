// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Makes a bridge (RTM_NEWLINK).</summary>
public sealed class CreateBridgeChange : Change
{
    /// <summary>
    /// The link group of a bridge that is not marked yet: the only thing that can be set in the request that makes it, and
    /// told from everything else when this process is killed right after.
    /// </summary>
    internal const uint UnfinishedGroup = 0x747561ff;

    private readonly bool _isMarked;

    /// <param name="bridge">Its name.</param>
    /// <param name="isMarked">Whether the plan marks it, which ends its making.</param>
    internal CreateBridgeChange(string bridge, bool isMarked)
        : base(bridge) => _isMarked = isMarked;

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

    internal override bool GoesWithCard => false;

    internal override void Apply(ChangeContext context)
    {
        context.Netlink.Links.CreateBridge(Card, link: _isMarked ? new LinkChange { Group = UnfinishedGroup } : null);
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
