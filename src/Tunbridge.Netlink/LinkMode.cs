// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Netlink;

/// <summary>How the operational state follows the carrier (IF_LINK_MODE_*).</summary>
public enum LinkMode : byte
{
    /// <summary>Up with the carrier.</summary>
    Default = 0,

    /// <summary>Dormant with the carrier, until user space says otherwise.</summary>
    Dormant = 1,

    /// <summary>Testing with the carrier.</summary>
    Testing = 2,
}
