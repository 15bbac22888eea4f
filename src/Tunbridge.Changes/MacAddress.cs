// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>MAC addresses that a TAP may be given, with the mistake told when one may not.</summary>
public static class MacAddress
{
    private const int Length = 6;

    /// <summary>Reads the MAC address of one station.</summary>
    /// <param name="text">Text such as <c>02:00:5e:10:00:01</c>.</param>
    /// <param name="address">The address.</param>
    /// <param name="mistake">What is wrong and what is allowed; empty when all is well.</param>
    public static bool TryParse(string text, out HardwareAddress address, out string mistake)
    {
        ArgumentNullException.ThrowIfNull(text);
        const string Allowed = "allowed are six pairs of hexadecimal digits such as 02:00:5e:10:00:01";
        mistake = "";
        if (!HardwareAddress.TryParse(text, out address) || address.Length != Length)
        {
            mistake = $"'{text}' is no MAC address, {Allowed}";
            return false;
        }

        Span<byte> bytes = stackalloc byte[HardwareAddress.MaximumLength];
        address.CopyTo(bytes);
        // The lowest bit of the first byte marks a group address (IEEE 802); is_valid_ether_addr refuses it and zero.
        if ((bytes[0] & 1) != 0)
            mistake = $"'{text}' is a multicast MAC address, allowed is one whose first byte is even, such as 02:00:5e:10:00:01";
        else if (bytes[..Length].IndexOfAnyExcept((byte)0) < 0)
            mistake = $"'{text}' is the zero MAC address, {Allowed}";
        return mistake.Length == 0;
    }
}
