// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Netlink.Wire;

namespace Tunbridge.Netlink;

/// <summary>Changes of addresses: at once, or recorded in a batch.</summary>
/// <remarks>A refusal is a <see cref="LinuxException"/>, at once or among the batch's failures.</remarks>
public class AddressCommands
{
    private readonly IRequestSink _sink;

    internal AddressCommands(IRequestSink sink) => _sink = sink;

    /// <summary>Adds an address; EEXIST when the card has it.</summary>
    /// <param name="address">The address.</param>
    public void Add(InterfaceAddress address) => Put(address, MessageFlags.NLM_F_CREATE | MessageFlags.NLM_F_EXCL);

    /// <summary>Adds an address without broadcast, as <c>ip addr add CIDR dev CARD</c> does.</summary>
    /// <param name="linkIndex">The card.</param>
    /// <param name="cidr">Text such as <c>192.168.0.1/24</c>.</param>
    /// <exception cref="FormatException">The text is none.</exception>
    public void Add(int linkIndex, string cidr) => Add(InterfaceAddress.Parse(linkIndex, cidr));

    /// <summary>Adds an address, or changes lifetimes, flags and metric of the one that is there.</summary>
    /// <param name="address">The address.</param>
    public void Replace(InterfaceAddress address) => Put(address, MessageFlags.NLM_F_CREATE | MessageFlags.NLM_F_REPLACE);

    /// <summary>Deletes an address; EADDRNOTAVAIL when the card does not have it.</summary>
    /// <param name="address">Card, address, prefix, peer and label count; a label of null matches any.</param>
    public void Delete(InterfaceAddress address)
    {
        ThrowIfWrong(address);
        _sink.Submit(
            MessageType.RTM_DELADDR, MessageFlags.None, RequestTarget.On(address, address.LinkIndex), address,
            static (b, a) => a.EncodeKey(b));
    }

    private void Put(InterfaceAddress address, MessageFlags flags)
    {
        ThrowIfWrong(address);
        _sink.Submit(
            MessageType.RTM_NEWADDR, flags, RequestTarget.On(address, address.LinkIndex), address,
            static (b, a) => a.EncodeAddition(b));
    }

    private static void ThrowIfWrong(InterfaceAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        int maximum = address.IsIPv6 ? 128 : 32;
        if (address.PrefixLength < 0 || address.PrefixLength > maximum)
        {
            throw new ArgumentOutOfRangeException(
                nameof(address), address.PrefixLength, $"a prefix has 0 to {maximum} bits");
        }

        if (address.Peer is not null && address.Peer.AddressFamily != address.Address.AddressFamily)
            throw new ArgumentException("address and peer must be of one family", nameof(address));
    }
}
