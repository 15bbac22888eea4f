// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.DropIns;

/// <summary>The request numbers of netdevice(7) and the flags they carry, spelled as the kernel spells them.</summary>
internal static class InterfaceRequest
{
    internal const uint SIOCGIFCONF = 0x8912, SIOCGIFFLAGS = 0x8913, SIOCSIFFLAGS = 0x8914;
    internal const uint SIOCGIFADDR = 0x8915, SIOCSIFADDR = 0x8916, SIOCGIFDSTADDR = 0x8917, SIOCSIFDSTADDR = 0x8918;
    internal const uint SIOCGIFBRDADDR = 0x8919, SIOCSIFBRDADDR = 0x891A, SIOCGIFNETMASK = 0x891B, SIOCSIFNETMASK = 0x891C;
    internal const uint SIOCGIFMTU = 0x8921, SIOCSIFMTU = 0x8922, SIOCSIFNAME = 0x8923;
    internal const uint SIOCSIFHWADDR = 0x8924, SIOCGIFHWADDR = 0x8927, SIOCGIFINDEX = 0x8933, SIOCDIFADDR = 0x8936;
    internal const uint SIOCGIFTXQLEN = 0x8942, SIOCSIFTXQLEN = 0x8943, SIOCGIFMAP = 0x8970, SIOCSIFMAP = 0x8971;
    internal const uint SIOCSKEEPALIVE = 0x89F0, SIOCSOUTFILL = 0x89F2;

    internal const ushort IFF_UP = 0x1, IFF_BROADCAST = 0x2, IFF_DEBUG = 0x4, IFF_LOOPBACK = 0x8;
    internal const ushort IFF_POINTOPOINT = 0x10, IFF_NOTRAILERS = 0x20, IFF_RUNNING = 0x40, IFF_NOARP = 0x80;
    internal const ushort IFF_PROMISC = 0x100, IFF_ALLMULTI = 0x200, IFF_MASTER = 0x400, IFF_SLAVE = 0x800;
    internal const ushort IFF_MULTICAST = 0x1000, IFF_PORTSEL = 0x2000, IFF_AUTOMEDIA = 0x4000, IFF_DYNAMIC = 0x8000;

    /// <summary>The size of the union in struct ifreq.</summary>
    internal const int UnionSize = 24;

    /// <summary>The size of struct ifreq.</summary>
    internal const int RequestSize = 40;
}
