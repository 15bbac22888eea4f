// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Tunbridge.Netlink;

/// <summary>An IPv4 or IPv6 address of a card, as read, and as it is to be added.</summary>
public sealed partial record InterfaceAddress
{
    /// <summary>The card.</summary>
    public required int LinkIndex { get; init; }

    /// <summary>The card's own address.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>The length of the prefix that is reached through the card (of the peer, when there is one).</summary>
    public required int PrefixLength { get; init; }

    /// <summary>The other end of a point-to-point link, or null for none.</summary>
    public IPAddress? Peer { get; init; }

    /// <summary>The IPv4 address that means everybody, or null for none. Nothing is assumed when adding.</summary>
    public IPAddress? Broadcast { get; init; }

    /// <summary>The IPv4 label, which must be the card's name or begin with it; null for the card's name.</summary>
    public string? Label { get; init; }

    /// <summary>How far it is valid. When adding an IPv6 address the kernel decides.</summary>
    public AddressScope Scope { get; init; }

    /// <summary>What it is and does; when adding, those that say "may be asked for" count.</summary>
    public AddressFlags Flags { get; init; }

    /// <summary>How long it stays; null for ever. Whole seconds.</summary>
    public TimeSpan? ValidLifetime { get; init; }

    /// <summary>How long it is used for new connections; null for ever. Whole seconds.</summary>
    public TimeSpan? PreferredLifetime { get; init; }

    /// <summary>The metric of the route of its prefix; 0 for the kernel's.</summary>
    public uint Metric { get; init; }

    /// <summary>Who added it (IFAPROT_*); 0 when nobody said.</summary>
    public byte Protocol { get; init; }

    /// <summary>Whether it is an IPv6 address.</summary>
    public bool IsIPv6 => Address.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>Reads <c>ADDRESS/LENGTH</c>; without a length it is the whole address.</summary>
    /// <param name="text">The text, such as <c>192.168.0.1/24</c>.</param>
    /// <param name="address">The address, host bits included.</param>
    /// <param name="prefixLength">The length.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out IPAddress address, out int prefixLength)
    {
        int slash = text.IndexOf('/');
        ReadOnlySpan<char> host = slash < 0 ? text : text[..slash];
        prefixLength = -1;
        address = IPAddress.None;
        // IPAddress also takes "10.1", "0x0a000001" and a zone: none is meant here.
        if (!IPAddress.TryParse(host, out IPAddress? parsed) || host.Contains('%') || host.Contains('[') ||
            (parsed.AddressFamily == AddressFamily.InterNetwork && !IsDottedQuad(host)))
            return false;
        address = parsed;
        int maximum = parsed.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        prefixLength = maximum;
        if (slash < 0)
            return true;
        ReadOnlySpan<char> length = text[(slash + 1)..];
        return int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out prefixLength) &&
               prefixLength <= maximum;
    }

    /// <summary>Makes the address that <c>ip addr add CIDR dev CARD</c> would.</summary>
    /// <param name="linkIndex">The card.</param>
    /// <param name="cidr">Text such as <c>192.168.0.1/24</c>.</param>
    /// <exception cref="FormatException">It is no such text.</exception>
    public static InterfaceAddress Parse(int linkIndex, ReadOnlySpan<char> cidr) =>
        TryParse(cidr, out IPAddress address, out int length)
            ? new() { LinkIndex = linkIndex, Address = address, PrefixLength = length }
            : throw new FormatException(
                $"'{cidr}' is no address with a prefix length, such as 192.168.0.1/24 or fd00::1/64");

    /// <summary>The IPv4 address whose host bits are all ones; null for IPv6 and for prefixes of 31 and 32 bits.</summary>
    /// <param name="address">An address in the prefix.</param>
    /// <param name="prefixLength">The prefix's length.</param>
    public static IPAddress? BroadcastOf(IPAddress address, int prefixLength)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.AddressFamily != AddressFamily.InterNetwork || prefixLength is < 0 or > 30)
            return null;
        byte[] bytes = address.GetAddressBytes();
        for (int bit = prefixLength; bit < 32; bit++)
            bytes[bit / 8] |= (byte)(0x80 >> (bit % 8));
        return new IPAddress(bytes);
    }

    /// <summary>The address as <c>ip</c> writes it: with the peer, when there is one, and the prefix length.</summary>
    public override string ToString() =>
        Peer is null ? $"{Address}/{PrefixLength}" : $"{Address} peer {Peer}/{PrefixLength}";

    private static bool IsDottedQuad(ReadOnlySpan<char> text)
    {
        int parts = 0;
        foreach (Range range in text.Split('.'))
        {
            ReadOnlySpan<char> part = text[range];
            parts++;
            // A leading zero means octal to some, decimal to others.
            if (part.Length is < 1 or > 3 || (part.Length > 1 && part[0] == '0') ||
                part.ContainsAnyExceptInRange('0', '9'))
                return false;
        }

        return parts == 4;
    }
}
