// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Netlink;

/// <summary>What an address is and does (IFA_F_*).</summary>
[Flags]
public enum AddressFlags : uint
{
    /// <summary>No flag.</summary>
    None = 0,

    /// <summary>IPv4: a later address of the same prefix; IPv6: temporary (IFA_F_SECONDARY).</summary>
    Secondary = 1,

    /// <summary>No duplicate address detection (IFA_F_NODAD). May be asked for.</summary>
    NoDuplicateDetection = 2,

    /// <summary>Used before detection ends (IFA_F_OPTIMISTIC). May be asked for.</summary>
    Optimistic = 4,

    /// <summary>Another host has it (IFA_F_DADFAILED).</summary>
    DuplicateDetected = 8,

    /// <summary>Mobile IPv6 home address (IFA_F_HOMEADDRESS). May be asked for.</summary>
    HomeAddress = 0x10,

    /// <summary>Its preferred lifetime is over (IFA_F_DEPRECATED).</summary>
    Deprecated = 0x20,

    /// <summary>Duplicate address detection is under way (IFA_F_TENTATIVE).</summary>
    Tentative = 0x40,

    /// <summary>It does not expire (IFA_F_PERMANENT).</summary>
    Permanent = 0x80,

    /// <summary>A template for temporary addresses (IFA_F_MANAGETEMPADDR). May be asked for.</summary>
    ManageTemporary = 0x100,

    /// <summary>Without the route of its prefix (IFA_F_NOPREFIXROUTE). May be asked for.</summary>
    NoPrefixRoute = 0x200,

    /// <summary>Multicast: joined at the device (IFA_F_MCAUTOJOIN). May be asked for.</summary>
    AutoJoin = 0x400,

    /// <summary>Made from a secret (IFA_F_STABLE_PRIVACY).</summary>
    StablePrivacy = 0x800,
}
