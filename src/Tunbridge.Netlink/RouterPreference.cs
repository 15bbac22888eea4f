// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Netlink;

/// <summary>How good a default router is (RFC 4191).</summary>
public enum RouterPreference : byte
{
    /// <summary>As others.</summary>
    Medium = 0,

    /// <summary>Better than others.</summary>
    High = 1,

    /// <summary>Worse than others.</summary>
    Low = 3,
}
