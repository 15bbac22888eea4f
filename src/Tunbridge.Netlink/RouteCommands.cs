// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Netlink.Wire;

namespace Tunbridge.Netlink;

/// <summary>Changes of routes: at once, or recorded in a batch.</summary>
/// <remarks>A refusal is a <see cref="LinuxException"/>, at once or among the batch's failures.</remarks>
public class RouteCommands
{
    private readonly IRequestSink _sink;

    internal RouteCommands(IRequestSink sink) => _sink = sink;

    /// <summary>Adds a route; EEXIST when there is one to the same prefix with the same metric in the table.</summary>
    /// <param name="route">The route.</param>
    public void Add(Route route) => Submit(
        MessageType.RTM_NEWROUTE, MessageFlags.NLM_F_CREATE | MessageFlags.NLM_F_EXCL, route);

    /// <summary>Adds a route, in the place of one to the same prefix with the same metric in the table.</summary>
    /// <param name="route">The route.</param>
    public void Replace(Route route) => Submit(
        MessageType.RTM_NEWROUTE, MessageFlags.NLM_F_CREATE | MessageFlags.NLM_F_REPLACE, route);

    /// <summary>Deletes a route; ESRCH when there is none that fits all that is given.</summary>
    /// <param name="route">The route, as read, or as much of it as finds it.</param>
    public void Delete(Route route) => Submit(MessageType.RTM_DELROUTE, MessageFlags.None, route);

    private void Submit(MessageType type, MessageFlags flags, Route route)
    {
        ArgumentNullException.ThrowIfNull(route);
        RequestTarget target = route.LinkIndex == 0
            ? RequestTarget.Named(route.ToString())
            : RequestTarget.On(route, route.LinkIndex);
        _sink.Submit(type, flags, target, (route, type), static (b, s) =>
            s.route.Encode(b, s.type == MessageType.RTM_DELROUTE));
    }
}
