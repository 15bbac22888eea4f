// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Tunbridge.Changes;

/// <summary>Addresses that a card may be given, with the mistake told when one may not.</summary>
public static class CardAddress
{
    /// <summary>Reads an address with prefix length that an interface can have.</summary>
    /// <param name="text">Text such as <c>192.168.0.1/24</c>.</param>
    /// <param name="address">The address.</param>
    /// <param name="mistake">What is wrong and what is allowed; empty when all is well.</param>
    public static bool TryParse(string text, out IpPrefix address, out string mistake)
    {
        ArgumentNullException.ThrowIfNull(text);
        mistake = !IpPrefix.TryParse(text, out address)
            ? $"'{text}' is no address with a prefix length, allowed is one such as 192.168.0.1/24 or fd00::1/64"
            : address.Length == 0
                ? $"the prefix length of '{text}' is 0, which takes in every address; allowed are 1 to {address.Width}"
                : IsUnusable(address.Address) is string why
                    ? $"'{text}' is {why}, allowed is the address of one interface, such as 192.168.0.1/24"
                    : "";
        return mistake.Length == 0;
    }

    private static string? IsUnusable(IPAddress address)
    {
        if (address.IsIPv6Multicast || (address.GetAddressBytes() is { Length: 4 } bytes && bytes[0] is >= 224 and < 240))
            return "a multicast address";
        // The guard compares prefixes of one family: an IPv4 prefix in disguise would slip past it.
        if (address.IsIPv4MappedToIPv6)
            return "an IPv4 address written as IPv6";
        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            return "the unspecified address";
        return address.Equals(IPAddress.Broadcast) ? "the broadcast address" : null;
    }
}
