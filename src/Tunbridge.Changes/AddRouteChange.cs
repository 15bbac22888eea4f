// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Lays a route over a card (RTM_NEWROUTE), in the place of another one where there is one.</summary>
public sealed class AddRouteChange : NetlinkChange
{
    private readonly Route? _replaced;
    private readonly bool _isRestored;

    /// <param name="card">The card.</param>
    /// <param name="route">The route; its card is filled in when applied.</param>
    /// <param name="replaced">The route to the same prefix with the same metric in the table, or null.</param>
    /// <param name="isRestored">Whether it is there, and may go by an earlier step.</param>
    internal AddRouteChange(string card, Route route, Route? replaced, bool isRestored)
        : base(card)
    {
        Route = route;
        _replaced = replaced;
        _isRestored = isRestored;
    }

    /// <summary>The route.</summary>
    public Route Route { get; }

    /// <summary>The plan goes on without it when the kernel does not take it.</summary>
    internal bool IsOptional { get; init; }

    /// <inheritdoc/>
    public override string Action => _isRestored ? "keep-route" : "add-route";

    /// <inheritdoc/>
    public override string Description => _isRestored ? $"keep the route {RouteText.Of(Route)} over {Card}"
        : _replaced is null ? $"lay the route {RouteText.Of(Route)} over {Card}"
        : $"lay the route {RouteText.Of(Route)} over {Card} in the place of {RouteText.Of(_replaced)}";

    /// <inheritdoc/>
    public override string Operation => $"RTM_NEWROUTE {RouteText.Of(Route)}" + (RouteText.HasCard(Route) ? $" RTA_OIF {Card}" : "");

    /// <inheritdoc/>
    public override ChangePhase Phase => ChangePhase.AddRoute;

    /// <inheritdoc/>
    public override string? From => _isRestored ? To : _replaced is null ? null : RouteText.Of(_replaced);

    /// <inheritdoc/>
    public override string? To => RouteText.Of(Route);

    internal override bool MayBeRefused => IsOptional;

    internal override bool GoesWithCard => RouteText.HasCard(Route) && _replaced is null;

    internal override string? AddedNote => RouteText.NoteOf(Route);

    internal override void Record(ChangeContext context, NetlinkBatch batch)
    {
        if (_isRestored || _replaced is not null)
            batch.Routes.Replace(Entry(context));
        else
            batch.Routes.Add(Entry(context));
    }

    internal override void RecordUndo(ChangeContext context, NetlinkBatch batch)
    {
        if (_isRestored)
            return;
        if (_replaced is null)
            batch.Routes.Delete(Entry(context));
        else
            batch.Routes.Replace(_replaced);
    }

    internal override bool IsAlreadyUndone(LinuxException error) => error.Errno is Errno.ESRCH or Errno.ENODEV;

    internal override string? FindMismatch(HostState after)
    {
        int index = after.Find(Card)?.Index ?? -1;
        return after.RouteRecords.Any(r => RouteText.IsSame(r, Route, index)) ? null : "the route is not there";
    }

    private Route Entry(ChangeContext context) =>
        Route with { LinkIndex = RouteText.HasCard(Route) ? context.IndexOf(Card) : 0 };
}
