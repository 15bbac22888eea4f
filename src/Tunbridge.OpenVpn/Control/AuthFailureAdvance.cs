// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Control;

/// <summary>Where a temporary failure sends the client next.</summary>
public enum AuthFailureAdvance
{
    /// <summary>The same address.</summary>
    No = 0,

    /// <summary>The next address of the same remote.</summary>
    Address = 1,

    /// <summary>The next remote.</summary>
    Remote = 2,
}
