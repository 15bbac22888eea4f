// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.DropIns;

/// <summary>An address family that the first word after the interface may name.</summary>
internal sealed record AddressFamily
{
    internal const int Unspecified = 0, Unix = 1, Inet = 2, Ax25 = 3, Ipx = 4, NetRom = 6, X25 = 9, Inet6 = 10, Rose = 11;

    /// <summary>The families the original knows; sockets exist for the first three only, on any kernel a card meets.</summary>
    private static readonly AddressFamily[] s_all =
    [
        new() { Name = "unix", Number = Unix },
        new() { Name = "inet", Number = Inet },
        new() { Name = "inet6", Number = Inet6 },
        new() { Name = "ax25", Number = Ax25 },
        new() { Name = "netrom", Number = NetRom },
        new() { Name = "rose", Number = Rose },
        new() { Name = "ipx", Number = Ipx },
        new() { Name = "ddp", Number = 5 },
        new() { Name = "ec", Number = 19 },
        new() { Name = "ash", Number = 18 },
        new() { Name = "x25", Number = X25 },
        new() { Name = "unspec", Number = Unspecified },
    ];

    internal required string Name { get; init; }

    /// <summary>AF_* of socket(2).</summary>
    internal required int Number { get; init; }

    internal static AddressFamily Default => s_all[1];

    internal static AddressFamily? Find(string name) => Array.Find(s_all, f => f.Name == name);
}
