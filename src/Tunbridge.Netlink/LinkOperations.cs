// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Netlink.Wire;

namespace Tunbridge.Netlink;

/// <summary>Cards of a namespace: read and changed.</summary>
public sealed class LinkOperations : LinkCommands
{
    private readonly RouteNetlink _netlink;

    internal LinkOperations(RouteNetlink netlink)
        : base(netlink) => _netlink = netlink;

    /// <summary>A card by its number.</summary>
    /// <param name="index">The number.</param>
    /// <exception cref="LinuxException">ENODEV when there is none.</exception>
    public Link Get(int index) => Get(index, null, RequestTarget.Named($"card with index {index}"), Errno.None)!;

    /// <summary>A card by its name or an alternative name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="LinuxException">ENODEV when there is none.</exception>
    public Link Get(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Get(0, name, RequestTarget.Named(name), Errno.None)!;
    }

    /// <summary>A card by its number, or null when there is none.</summary>
    /// <param name="index">The number.</param>
    public Link? TryGet(int index) => Get(index, null, RequestTarget.Named($"card with index {index}"), Errno.ENODEV);

    /// <summary>A card by its name or an alternative name, or null when there is none.</summary>
    /// <param name="name">The name.</param>
    public Link? TryGet(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Get(0, name, RequestTarget.Named(name), Errno.ENODEV);
    }

    /// <summary>Cards in the order of their numbers.</summary>
    /// <remarks>
    /// The list shows one moment, except when cards change all the time: then each card is as it was when it was read.
    /// </remarks>
    /// <param name="kind">Only cards of this kind, such as <c>tun</c> (TAP too); null for all.</param>
    /// <param name="masterIndex">Only ports of this bridge; 0 for all.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public IReadOnlyList<Link> List(string? kind = null, int masterIndex = 0)
    {
        List<Link> interrupted = [];
        List<Link> links;
        try
        {
            links = _netlink.Dump(
                MessageType.RTM_GETLINK, (kind, masterIndex), static (b, s) => Filter(b, s.kind, s.masterIndex), Link.Parse,
                interrupted);
        }
        catch (LinuxException e) when (kind is not null && e.Errno == Errno.EOPNOTSUPP)
        {
            // A kind that the kernel does not know has no cards.
            return [];
        }

        if (interrupted.Count > 0)
        {
            // The system never rested: no card that any pass showed may be missing.
            links = [.. interrupted.Select(l => l.Index).Distinct().Select(TryGet).OfType<Link>()];
        }

        // The kernel ignores a kind whose module is not loaded, and old kernels every filter.
        links.RemoveAll(l => (kind is not null && l.Kind != kind) || (masterIndex != 0 && l.MasterIndex != masterIndex));
        links.Sort(static (a, b) => a.Index.CompareTo(b.Index));
        return links;
    }

    private static void Filter(MessageBuilder builder, string? kind, int masterIndex)
    {
        LinkEncoding.Header(builder, 0);
        if (masterIndex != 0)
            builder.UInt32(LinkAttribute.IFLA_MASTER, (uint)masterIndex);
        if (kind is not null)
            LinkEncoding.Kind<object>(builder, kind, null, static (_, _) => { });
    }

    private Link? Get(int index, string? name, RequestTarget target, Errno absent)
    {
        if (name is null)
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(index);
        return _netlink.Query(MessageType.RTM_GETLINK, MessageFlags.None, target, absent, (index, name), static (b, s) =>
        {
            LinkEncoding.Header(b, s.index);
            if (s.name is not null)
                LinkEncoding.Name(b, s.name);
        }, Link.Parse);
    }
}
