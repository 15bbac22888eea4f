// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Takes a route of ours away (RTM_DELROUTE).</summary>
public sealed class RemoveRouteChange : NetlinkChange
{
    private readonly Route _route;

    internal RemoveRouteChange(string card, Route route)
        : base(card) => _route = route;

    /// <inheritdoc/>
    public override string Action => "remove-route";

    /// <inheritdoc/>
    public override string Description => $"take the route {RouteText.Of(_route)} from {Card}";

    /// <inheritdoc/>
    public override string Operation => $"RTM_DELROUTE {RouteText.Of(_route)}";

    /// <inheritdoc/>
    public override ChangePhase Phase => ChangePhase.RemoveRoute;

    /// <inheritdoc/>
    public override string? From => RouteText.Of(_route);

    internal override bool GoesWithCard => RouteText.HasCard(_route);

    internal override string? RemovedNote => RouteText.NoteOf(_route);

    internal override void Record(ChangeContext context, NetlinkBatch batch) => batch.Routes.Delete(_route);

    internal override bool IsAlreadyDone(LinuxException error) => error.Errno == Errno.ESRCH;

    internal override void RecordUndo(ChangeContext context, NetlinkBatch batch) => batch.Routes.Replace(_route);

    internal override string? FindMismatch(HostState after) =>
        after.RouteRecords.Any(r => r.Protocol == _route.Protocol && RouteText.IsSame(r, _route, _route.LinkIndex))
            ? "the route is still there"
            : null;
}
