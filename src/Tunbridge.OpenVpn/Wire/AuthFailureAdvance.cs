// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Wire;

/// <summary>Where a temporary failure sends the client next.</summary>
public enum AuthFailureAdvance
{
    /// <summary>The same address.</summary>
    No,

    /// <summary>The next address of the same remote.</summary>
    Address,

    /// <summary>The next remote.</summary>
    Remote,
}
