// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using Tunbridge.Linux;
using Tunbridge.Netlink.Wire;

namespace Tunbridge.Netlink;

/// <summary>Addresses of cards: read and changed.</summary>
public sealed class AddressOperations : AddressCommands
{
    private readonly RouteNetlink _netlink;

    internal AddressOperations(RouteNetlink netlink)
        : base(netlink) => _netlink = netlink;

    /// <summary>Addresses, IPv4 before IPv6, in the kernel's order.</summary>
    /// <param name="linkIndex">Only of this card; 0 for all.</param>
    /// <param name="family">Only IPv4 or IPv6; null for both.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public IReadOnlyList<InterfaceAddress> List(int linkIndex = 0, AddressFamily? family = null)
    {
        List<InterfaceAddress> addresses = _netlink.Dump(
            MessageType.RTM_GETADDR, (linkIndex, family: ToFamily(family)), static (b, s) =>
            {
                Span<byte> header = b.Reserve(WireSize.IfAddrMsg);
                header[0] = s.family;
                MessageBuilder.Write(header[4..], s.linkIndex);
            }, InterfaceAddress.Parse);
        // Without a family the kernel asks each in turn, and old kernels ignore the card.
        addresses.RemoveAll(a => linkIndex != 0 && a.LinkIndex != linkIndex);
        return addresses;
    }

    /// <summary>Deletes the addresses of a card.</summary>
    /// <param name="linkIndex">The card.</param>
    /// <param name="family">Only IPv4 or IPv6; null for both.</param>
    /// <returns>How many were deleted.</returns>
    /// <exception cref="LinuxException">The kernel refused one of them; the others may be gone.</exception>
    public int Flush(int linkIndex, AddressFamily? family = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(linkIndex);
        int count = 0;
        // Deleting a primary IPv4 address takes its secondaries with it, or promotes one: each round looks again.
        while (List(linkIndex, family) is { Count: > 0 } addresses)
        {
            int before = count;
            using NetlinkBatch batch = _netlink.CreateBatch();
            foreach (InterfaceAddress address in addresses)
                batch.Addresses.Delete(address);
            IReadOnlyList<NetlinkBatchFailure> failures = batch.Execute();
            count += addresses.Count;
            foreach (NetlinkBatchFailure failure in failures)
            {
                if (failure.Error.Errno != Errno.EADDRNOTAVAIL)
                    throw failure.Error;
            }

            if (failures.Count == addresses.Count)
                return before;
        }

        return count;
    }

    internal static byte ToFamily(AddressFamily? family) => family switch
    {
        null => Af.AF_UNSPEC,
        AddressFamily.InterNetwork => Af.AF_INET,
        AddressFamily.InterNetworkV6 => Af.AF_INET6,
        _ => throw new ArgumentOutOfRangeException(nameof(family), family, "IPv4 or IPv6"),
    };
}
