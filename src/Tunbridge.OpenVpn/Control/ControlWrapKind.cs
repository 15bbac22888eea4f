// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Control;

/// <summary>What protects the control channel below TLS.</summary>
public enum ControlWrapKind
{
    /// <summary>Nothing: anyone may begin TLS.</summary>
    None = 0,

    /// <summary><c>tls-auth</c>: a code with the digest of <c>auth</c>; the content stays readable.</summary>
    TlsAuth = 1,

    /// <summary><c>tls-crypt</c>: encrypted under one key for all.</summary>
    TlsCrypt = 2,

    /// <summary><c>tls-crypt-v2</c>: encrypted under a key of each client's own.</summary>
    TlsCryptV2 = 3,
}
