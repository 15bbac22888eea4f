// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Linux;

/// <summary>What TUNSETIFF is asked for and TUNGETIFF answers (linux/if_tun.h, IFF_*).</summary>
[Flags]
public enum TunFlags : ushort
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A layer 3 card (IFF_TUN).</summary>
    Tun = 0x0001,

    /// <summary>A layer 2 card (IFF_TAP).</summary>
    Tap = 0x0002,

    /// <summary>Received frames pass through NAPI (IFF_NAPI).</summary>
    Napi = 0x0010,

    /// <summary>
    /// Frames are built from the writer's own fragments (IFF_NAPI_FRAGS); wants <see cref="Napi"/> on a TAP.
    /// </summary>
    NapiFragments = 0x0020,

    /// <summary>The card starts without carrier (IFF_NO_CARRIER).</summary>
    NoCarrier = 0x0040,

    /// <summary>The card may have several queues (IFF_MULTI_QUEUE).</summary>
    MultiQueue = 0x0100,

    /// <summary>Attaches a detached queue (IFF_ATTACH_QUEUE, TUNSETQUEUE only).</summary>
    AttachQueue = 0x0200,

    /// <summary>Detaches a queue (IFF_DETACH_QUEUE); TUNGETIFF shows it on a detached queue.</summary>
    DetachQueue = 0x0400,

    /// <summary>The card outlives its descriptors (IFF_PERSIST, answered only).</summary>
    Persistent = 0x0800,

    /// <summary>
    /// No 4-byte packet information before each packet (IFF_NO_PI). In the answer of TUNGETIFF the bit is also set when
    /// no filter is attached (IFF_NOFILTER), so that only rtnetlink (IFLA_TUN_PI) tells.
    /// </summary>
    NoPacketInformation = 0x1000,

    /// <summary>Accepted and meaningless today (IFF_ONE_QUEUE).</summary>
    OneQueue = 0x2000,

    /// <summary>A virtio-net header before each packet (IFF_VNET_HDR).</summary>
    VirtioHeader = 0x4000,

    /// <summary>Refuse an existing card with EBUSY (IFF_TUN_EXCL, asked only).</summary>
    Exclusive = 0x8000,
}
