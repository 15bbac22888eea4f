// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Wire;

/// <summary>Why a server refused, as far as its words can be told apart.</summary>
public enum AuthFailureKind
{
    /// <summary>The credentials are wrong, or another reason in words.</summary>
    Refused,

    /// <summary>The token has expired: the original credentials are asked for.</summary>
    SessionExpired,

    /// <summary>Try again later.</summary>
    Temporary,

    /// <summary>A question that the next login answers (CRV1).</summary>
    Challenge,
}
