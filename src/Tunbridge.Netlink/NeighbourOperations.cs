// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using Tunbridge.Linux;
using Tunbridge.Netlink.Wire;

namespace Tunbridge.Netlink;

/// <summary>Neighbours of a namespace: read and changed.</summary>
public sealed class NeighbourOperations : NeighbourCommands
{
    private readonly RouteNetlink _netlink;

    internal NeighbourOperations(RouteNetlink netlink)
        : base(netlink) => _netlink = netlink;

    /// <summary>Neighbours, IPv4 before IPv6, in the kernel's order.</summary>
    /// <param name="linkIndex">Only of this card; 0 for all.</param>
    /// <param name="family">Only IPv4 or IPv6; null for both.</param>
    /// <param name="proxies">Proxy entries instead of neighbours.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public IReadOnlyList<Neighbour> List(int linkIndex = 0, AddressFamily? family = null, bool proxies = false)
    {
        byte wanted = AddressOperations.ToFamily(family);
        List<Neighbour> neighbours = [];
        if (wanted is Af.AF_UNSPEC or Af.AF_INET)
            neighbours.AddRange(List(Af.AF_INET, linkIndex, proxies));
        if (wanted is Af.AF_UNSPEC or Af.AF_INET6)
            neighbours.AddRange(List(Af.AF_INET6, linkIndex, proxies));
        return neighbours;
    }

    private List<Neighbour> List(byte family, int linkIndex, bool proxies)
    {
        List<Neighbour> neighbours = _netlink.Dump(
            MessageType.RTM_GETNEIGH, (family, linkIndex, proxies), static (b, s) =>
            {
                Span<byte> header = b.Reserve(WireSize.NdMsg);
                header[0] = s.family;
                if (s.proxies)
                    header[10] = (byte)NeighbourFlags.Proxy;
                // Proxy entries cannot be filtered by the kernel.
                if (s.linkIndex != 0 && !s.proxies)
                    b.UInt32(NeighbourAttribute.NDA_IFINDEX, (uint)s.linkIndex);
            }, Neighbour.Parse);
        neighbours.RemoveAll(n => n.IsProxy != proxies || (linkIndex != 0 && n.LinkIndex != linkIndex));
        return neighbours;
    }
}
