// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Tunbridge.Linux;
using Tunbridge.Netlink.Wire;

namespace Tunbridge.Netlink;

/// <summary>Routes of a namespace: read, looked up and changed.</summary>
public sealed class RouteOperations : RouteCommands
{
    private const uint LookupTableFlag = 0x1000;

    private readonly RouteNetlink _netlink;

    internal RouteOperations(RouteNetlink netlink)
        : base(netlink) => _netlink = netlink;

    /// <summary>Routes, IPv4 before IPv6, in the kernel's order; cached results of lookups are left out.</summary>
    /// <param name="table">Only of this table; 0 for all tables.</param>
    /// <param name="linkIndex">Only through this card; 0 for all.</param>
    /// <param name="family">Only IPv4 or IPv6; null for both.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public IReadOnlyList<Route> List(uint table = Route.MainTable, int linkIndex = 0, AddressFamily? family = null)
    {
        byte wanted = AddressOperations.ToFamily(family);
        List<Route> routes = [];
        if (wanted is Af.AF_UNSPEC or Af.AF_INET)
            routes.AddRange(List(Af.AF_INET, table, linkIndex));
        if (wanted is Af.AF_UNSPEC or Af.AF_INET6)
            routes.AddRange(List(Af.AF_INET6, table, linkIndex));
        return routes;
    }

    /// <summary>Asks the kernel which way a packet would take.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="source">Where from; null when not decided.</param>
    /// <param name="linkIndex">Only through this card; 0 for any.</param>
    /// <param name="mark">The packet's mark (fwmark); 0 for none.</param>
    /// <returns>The route, its destination being the address itself; null when there is none.</returns>
    /// <exception cref="LinuxException">The kernel refused, such as EACCES for a prohibited destination.</exception>
    public Route? Lookup(IPAddress destination, IPAddress? source = null, int linkIndex = 0, uint mark = 0)
    {
        ArgumentNullException.ThrowIfNull(destination);
        return _netlink.Query(
            MessageType.RTM_GETROUTE, MessageFlags.None, RequestTarget.Named(destination.ToString()), Errno.ENETUNREACH,
            (destination, source, linkIndex, mark), static (b, s) =>
            {
                bool isIPv6 = s.destination.AddressFamily == AddressFamily.InterNetworkV6;
                Span<byte> header = b.Reserve(WireSize.RtMsg);
                header[0] = isIPv6 ? Af.AF_INET6 : Af.AF_INET;
                header[1] = isIPv6 ? (byte)128 : (byte)32;
                header[2] = s.source is null ? (byte)0 : header[1];
                // Without it IPv4 answers with the main table; IPv6 tells the true one, and refuses the flag.
                MessageBuilder.Write(header[8..], isIPv6 ? 0 : LookupTableFlag);
                b.Address(RouteAttribute.RTA_DST, s.destination);
                if (s.source is not null)
                    b.Address(RouteAttribute.RTA_SRC, s.source);
                if (s.linkIndex != 0)
                    b.UInt32(RouteAttribute.RTA_OIF, (uint)s.linkIndex);
                if (s.mark != 0)
                    b.UInt32(RouteAttribute.RTA_MARK, s.mark);
            }, Route.Parse);
    }

    private List<Route> List(byte family, uint table, int linkIndex)
    {
        List<Route> routes;
        try
        {
            routes = _netlink.Dump(MessageType.RTM_GETROUTE, (family, table, linkIndex), static (b, s) =>
            {
                Span<byte> header = b.Reserve(WireSize.RtMsg);
                header[0] = s.family;
                if (s.table != 0)
                    b.UInt32(RouteAttribute.RTA_TABLE, s.table);
                if (s.linkIndex != 0)
                    b.UInt32(RouteAttribute.RTA_OIF, (uint)s.linkIndex);
            }, Route.Parse);
        }
        catch (LinuxException e) when (
            (e.Errno == Errno.ENOENT && table != 0) || (e.Errno == Errno.ENODEV && linkIndex != 0))
        {
            // A table that was never written to does not exist, and a card that is gone has no routes.
            return [];
        }

        // A route with several ways goes through each of their cards.
        routes.RemoveAll(r =>
            r.Flags.HasFlag(RouteFlags.Cloned) || (table != 0 && r.Table != table) ||
            (linkIndex != 0 && r.LinkIndex != linkIndex && !r.NextHops.Any(h => h.LinkIndex == linkIndex)));
        return routes;
    }
}
