// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tunbridge.Linux.Interop;

/// <summary>linux/if_tun.h and linux/if.h. Values hold on x64 and arm64 (the generic _IOC encoding).</summary>
internal static unsafe partial class Libc
{
    internal const int IFNAMSIZ = 16;

    internal const nuint TUNSETNOCSUM = 0x400454c8, TUNSETDEBUG = 0x400454c9, TUNSETIFF = 0x400454ca;
    internal const nuint TUNSETPERSIST = 0x400454cb, TUNSETOWNER = 0x400454cc, TUNSETLINK = 0x400454cd;
    internal const nuint TUNSETGROUP = 0x400454ce, TUNGETFEATURES = 0x800454cf, TUNSETOFFLOAD = 0x400454d0;
    internal const nuint TUNSETTXFILTER = 0x400454d1, TUNGETIFF = 0x800454d2, TUNGETSNDBUF = 0x800454d3;
    internal const nuint TUNSETSNDBUF = 0x400454d4, TUNATTACHFILTER = 0x401054d5, TUNDETACHFILTER = 0x401054d6;
    internal const nuint TUNGETVNETHDRSZ = 0x800454d7, TUNSETVNETHDRSZ = 0x400454d8, TUNSETQUEUE = 0x400454d9;
    internal const nuint TUNSETIFINDEX = 0x400454da, TUNGETFILTER = 0x801054db, TUNSETVNETLE = 0x400454dc;
    internal const nuint TUNGETVNETLE = 0x800454dd, TUNSETVNETBE = 0x400454de, TUNGETVNETBE = 0x800454df;
    internal const nuint TUNSETSTEERINGEBPF = 0x800454e0, TUNSETFILTEREBPF = 0x800454e1;
    internal const nuint TUNSETCARRIER = 0x400454e2, TUNGETDEVNETNS = 0x54e3;

    /// <summary>struct ifreq: a name and a union of which the members used here are drawn over each other.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 40)]
    internal struct ifreq
    {
        [FieldOffset(0)] internal IfName ifr_name;
        [FieldOffset(16)] internal short ifr_flags;
        [FieldOffset(16)] internal int ifr_ivalue;
        [FieldOffset(16)] internal ushort sa_family;
        [FieldOffset(16)] internal SockAddrBytes ifr_addr;
        [FieldOffset(16)] internal IfName ifr_newname;
        [FieldOffset(16)] internal ulong map_mem_start;
        [FieldOffset(24)] internal ulong map_mem_end;
        [FieldOffset(32)] internal ushort map_base_addr;
        [FieldOffset(34)] internal byte map_irq;
        [FieldOffset(35)] internal byte map_dma;
        [FieldOffset(36)] internal byte map_port;
    }

    [InlineArray(IFNAMSIZ)]
    internal struct IfName
    {
        private byte _first;
    }

    [InlineArray(16)]
    internal struct SockAddrBytes
    {
        private byte _first;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct sock_filter
    {
        internal ushort code;
        internal byte jt;
        internal byte jf;
        internal uint k;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct sock_fprog
    {
        internal ushort len;
        internal sock_filter* filter;
    }
}
