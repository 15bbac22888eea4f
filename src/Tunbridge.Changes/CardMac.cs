// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>The MAC address of a TAP as people write it.</summary>
public static class CardMac
{
    /// <summary>Reads the MAC address of one station.</summary>
    /// <param name="text">Text such as <c>02:00:5e:10:00:01</c>.</param>
    /// <param name="address">The address.</param>
    /// <param name="mistake">What is wrong and what is allowed; empty when all is well.</param>
    public static bool TryParse(string text, out HardwareAddress address, out string mistake)
    {
        ArgumentNullException.ThrowIfNull(text);
        mistake = HardwareAddress.TryParse(text, out address) && address.IsStation
            ? ""
            : $"'{text}' is no MAC address of a card, allowed are six pairs of hexadecimal digits, neither multicast " +
                "(an odd first byte) nor all zero, such as 02:00:5e:10:00:01";
        return mistake.Length == 0;
    }
}
