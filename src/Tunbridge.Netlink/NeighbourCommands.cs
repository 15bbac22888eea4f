// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.Linux;
using Tunbridge.Netlink.Wire;

namespace Tunbridge.Netlink;

/// <summary>Changes of neighbours: at once, or recorded in a batch.</summary>
/// <remarks>A refusal is a <see cref="LinuxException"/>, at once or among the batch's failures.</remarks>
public class NeighbourCommands
{
    private readonly IRequestSink _sink;

    internal NeighbourCommands(IRequestSink sink) => _sink = sink;

    /// <summary>Adds a neighbour; EEXIST when there is an entry.</summary>
    /// <param name="neighbour">The neighbour; permanent unless its state says otherwise.</param>
    public void Add(Neighbour neighbour) => Submit(
        MessageType.RTM_NEWNEIGH, MessageFlags.NLM_F_CREATE | MessageFlags.NLM_F_EXCL, neighbour);

    /// <summary>Adds a neighbour, in the place of an entry that is there.</summary>
    /// <param name="neighbour">The neighbour; permanent unless its state says otherwise.</param>
    public void Replace(Neighbour neighbour) => Submit(
        MessageType.RTM_NEWNEIGH, MessageFlags.NLM_F_CREATE | MessageFlags.NLM_F_REPLACE, neighbour);

    /// <summary>Deletes a neighbour; ENOENT when there is none.</summary>
    /// <param name="neighbour">Card, address and whether it is a proxy count.</param>
    public void Delete(Neighbour neighbour) => Submit(MessageType.RTM_DELNEIGH, MessageFlags.None, neighbour);

    /// <summary>Makes this host answer in a neighbour's place.</summary>
    /// <param name="linkIndex">The card.</param>
    /// <param name="address">The neighbour.</param>
    public void AddProxy(int linkIndex, IPAddress address) => Replace(
        new() { LinkIndex = linkIndex, Address = address, Flags = NeighbourFlags.Proxy });

    private void Submit(MessageType type, MessageFlags flags, Neighbour neighbour)
    {
        ArgumentNullException.ThrowIfNull(neighbour);
        _sink.Submit(type, flags, RequestTarget.On(neighbour, neighbour.LinkIndex), (neighbour, type), static (b, s) =>
            s.neighbour.Encode(b, s.type == MessageType.RTM_DELNEIGH));
    }
}
