// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration;

/// <summary>How a declared card stands.</summary>
public enum DeviceCondition
{
    /// <summary>As declared.</summary>
    Matching,

    /// <summary>There, and different.</summary>
    Different,

    /// <summary>Not there.</summary>
    Missing,

    /// <summary>There, and somebody else's.</summary>
    Foreign,

    /// <summary>Ours and not declared any more.</summary>
    Undeclared,
}
