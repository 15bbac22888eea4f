// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace Tunbridge.DropIns;

/// <summary>A kind of hardware: its word, its title, and how its address is written and read.</summary>
internal sealed record HardwareClass
{
    private const int Ether = 1, Ax25 = 3, Eui64 = 27, Arcnet = 7, Fddi = 774, Hippi = 780, Rose = 270, NetRom = 0;

    /// <summary>In the order of the usage text; the last one, for everything else, is not listed there.</summary>
    private static readonly HardwareClass[] s_all =
    [
        new() { Name = "loop", Title = "Local Loopback", Type = 772 },
        new() { Name = "slip", Title = "Serial Line IP", Type = 256 },
        new() { Name = "cslip", Title = "VJ Serial Line IP", Type = 257 },
        new() { Name = "slip6", Title = "6-bit Serial Line IP", Type = 258 },
        new() { Name = "cslip6", Title = "VJ 6-bit Serial Line IP", Type = 259 },
        new() { Name = "adaptive", Title = "Adaptive Serial Line IP", Type = 264 },
        new() { Name = "ash", Title = "Ash", Type = 517 },
        new() { Name = "ether", Title = "Ethernet", Type = Ether },
        new() { Name = "ax25", Title = "AMPR AX.25", Type = Ax25 },
        new() { Name = "netrom", Title = "AMPR NET/ROM", Type = NetRom },
        new() { Name = "rose", Title = "AMPR ROSE", Type = Rose },
        new() { Name = "tunnel", Title = "IPIP Tunnel", Type = 768 },
        new() { Name = "ppp", Title = "Point-to-Point Protocol", Type = 512 },
        new() { Name = "hdlc", Title = "(Cisco)-HDLC", Type = 513 },
        new() { Name = "lapb", Title = "LAPB", Type = 516 },
        new() { Name = "arcnet", Title = "ARCnet", Type = Arcnet },
        new() { Name = "dlci", Title = "Frame Relay DLCI", Type = 15 },
        new() { Name = "frad", Title = "Frame Relay Access Device", Type = 770 },
        new() { Name = "sit", Title = "IPv6-in-IPv4", Type = 776 },
        new() { Name = "fddi", Title = "Fiber Distributed Data Interface", Type = Fddi },
        new() { Name = "hippi", Title = "HIPPI", Type = Hippi },
        new() { Name = "irda", Title = "IrLAP", Type = 783 },
        new() { Name = "ec", Title = "Econet", Type = 782 },
        new() { Name = "x25", Title = "generic X.25", Type = 271 },
        new() { Name = "eui64", Title = "Generic EUI-64", Type = Eui64 },
        new() { Name = "unspec", Title = "UNSPEC", Type = 65535 },
    ];

    internal required string Name { get; init; }

    internal required string Title { get; init; }

    /// <summary>ARPHRD_*.</summary>
    internal required int Type { get; init; }

    /// <summary>Whether <c>hw</c> can set an address of this kind.</summary>
    internal bool CanSet => Name is "ether" or "ax25" or "netrom" or "rose" or "tunnel" or "arcnet" or "fddi" or "hippi"
        or "eui64" or "x25" or "ash";

    /// <summary>Whether packets may be compressed, which is then counted in lines of its own.</summary>
    internal bool CanCompress => Name is "cslip" or "cslip6";

    /// <summary>The kinds the usage text lists.</summary>
    internal static IEnumerable<HardwareClass> Listed => s_all[..^1];

    internal static HardwareClass? Find(string name) => Array.Find(s_all, c => c.Name == name);

    /// <summary>The kind of a card; those whose addresses nobody could print are shown as unspecified.</summary>
    internal static HardwareClass Of(int type) =>
        Array.Find(s_all, c => c.Type == type && c.Name is not ("ash" or "irda" or "ec" or "x25")) ?? s_all[^1];

    /// <summary>An address as text; null for kinds that have none, empty for those that print nothing.</summary>
    internal string? Format(ReadOnlySpan<byte> address) => Name switch
    {
        "ether" => Join(address[..6], ':', "x2"),
        "hippi" => Join(address[..6], ':', "X2"),
        "fddi" => Join(address[..6], '-', "X2"),
        "eui64" => Join(address[..8], ':', "X2"),
        "arcnet" => Join(address[..1], ':', "X2"),
        "rose" => Convert.ToHexStringLower(address[..5]),
        "dlci" => (address[0] | (address[1] << 8)).ToString(CultureInfo.InvariantCulture),
        "ax25" or "netrom" => Callsign.Format(address),
        "tunnel" => "",
        // The original prints a 16-byte field of which the kernel gives eight.
        "unspec" => $"{Join(address[..8], '-', "X2")}-00-00-00-00-00-00-00-00",
        _ => null,
    };

    /// <summary>Reads an address for <c>hw</c>; room for 14 bytes, zero beyond what the text says.</summary>
    internal bool TryParse(string text, Span<byte> address) => Name switch
    {
        "ether" => HexAddress.TryParse(text, address[..6], wantsTwoDigits: false, wantsAll: false),
        "eui64" => HexAddress.TryParse(text, address[..8], wantsTwoDigits: false, wantsAll: false),
        "fddi" or "hippi" => HexAddress.TryParse(text, address[..6], wantsTwoDigits: true, wantsAll: true),
        "arcnet" => HexAddress.TryParse(text, address[..1], wantsTwoDigits: true, wantsAll: true),
        "ax25" or "netrom" => Callsign.TryParse(text, address, out _),
        "rose" => text.Length == 10,
        "x25" or "ash" => true,
        _ => false,
    };

    private static string Join(ReadOnlySpan<byte> bytes, char separator, string format)
    {
        StringBuilder text = new();
        foreach (byte value in bytes)
            text.Append(text.Length == 0 ? "" : separator.ToString()).Append(value.ToString(format, CultureInfo.InvariantCulture));
        return text.ToString();
    }
}
