// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Netlink;

/// <summary>What is known about a neighbour (NUD_*).</summary>
[Flags]
public enum NeighbourState : ushort
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Asked, not answered yet (NUD_INCOMPLETE).</summary>
    Incomplete = 1,

    /// <summary>Confirmed lately (NUD_REACHABLE).</summary>
    Reachable = 2,

    /// <summary>Confirmed once (NUD_STALE).</summary>
    Stale = 4,

    /// <summary>Used while stale, to be asked soon (NUD_DELAY).</summary>
    Delay = 8,

    /// <summary>Being asked again (NUD_PROBE).</summary>
    Probe = 0x10,

    /// <summary>It does not answer (NUD_FAILED).</summary>
    Failed = 0x20,

    /// <summary>Needs no asking (NUD_NOARP).</summary>
    NoArp = 0x40,

    /// <summary>Set by an administrator (NUD_PERMANENT).</summary>
    Permanent = 0x80,
}
