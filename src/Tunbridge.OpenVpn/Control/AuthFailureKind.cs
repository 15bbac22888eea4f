// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Control;

/// <summary>Why a server refused, as far as its words can be told apart.</summary>
public enum AuthFailureKind
{
    /// <summary>The credentials are wrong, or another reason in words.</summary>
    Refused = 0,

    /// <summary>The token has expired: the original credentials are asked for.</summary>
    SessionExpired = 1,

    /// <summary>Try again later.</summary>
    Temporary = 2,

    /// <summary>A question that the next login answers (CRV1).</summary>
    Challenge = 3,
}
