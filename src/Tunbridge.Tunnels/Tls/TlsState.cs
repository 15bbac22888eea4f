// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Tunnels;

/// <summary>How far a TLS connection has come.</summary>
public enum TlsState : byte
{
    /// <summary>The handshake is under way; nothing can be written or read yet.</summary>
    Handshaking = 0,

    /// <summary>The peer is verified as the settings ask; plaintext flows.</summary>
    Established = 1,

    /// <summary>The peer has closed in good order; what came before can still be read.</summary>
    Closed = 2,

    /// <summary>Over; <see cref="ITlsEngine.Failure"/> says why. A last alert may wait to be sent.</summary>
    Failed = 3,
}
