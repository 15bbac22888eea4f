// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Netlink;

/// <summary>The state of RFC 2863 (IF_OPER_*).</summary>
public enum OperationalState : byte
{
    /// <summary>The driver does not say.</summary>
    Unknown = 0,

    /// <summary>The hardware is missing.</summary>
    NotPresent = 1,

    /// <summary>No carrier, or down.</summary>
    Down = 2,

    /// <summary>What it stands on is down.</summary>
    LowerLayerDown = 3,

    /// <summary>Under test.</summary>
    Testing = 4,

    /// <summary>It waits for an event.</summary>
    Dormant = 5,

    /// <summary>Packets pass.</summary>
    Up = 6,
}
