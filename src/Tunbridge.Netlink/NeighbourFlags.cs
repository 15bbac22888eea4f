// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Netlink;

/// <summary>Particulars of a neighbour entry (NTF_*).</summary>
[Flags]
public enum NeighbourFlags : byte
{
    /// <summary>No flag.</summary>
    None = 0,

    /// <summary>Resolve it now (NTF_USE).</summary>
    Use = 1,

    /// <summary>In the card's own table (NTF_SELF).</summary>
    Self = 2,

    /// <summary>In the bridge's table (NTF_MASTER).</summary>
    Master = 4,

    /// <summary>This host answers in its place (NTF_PROXY).</summary>
    Proxy = 8,

    /// <summary>Put there by a control plane (NTF_EXT_LEARNED).</summary>
    ExternallyLearned = 0x10,

    /// <summary>Done by hardware (NTF_OFFLOADED).</summary>
    Offloaded = 0x20,

    /// <summary>It does not move (NTF_STICKY).</summary>
    Sticky = 0x40,

    /// <summary>It is a router (NTF_ROUTER).</summary>
    Router = 0x80,
}
