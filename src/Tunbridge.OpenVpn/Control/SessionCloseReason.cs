// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Control;

/// <summary>Why a session is over.</summary>
public enum SessionCloseReason
{
    /// <summary>This side was asked to close.</summary>
    Local = 0,

    /// <summary>The peer never answered within the hand window.</summary>
    NoAnswer = 1,

    /// <summary>The peer answered, yet the handshake was not done within the hand window.</summary>
    HandshakeTimeout = 2,

    /// <summary>TLS failed; the text says why.</summary>
    TlsFailed = 3,

    /// <summary>The key block was wrong, or no keys could be made.</summary>
    KeyExchangeFailed = 4,

    /// <summary>The server refused (AUTH_FAILED); the text is what followed.</summary>
    AuthFailed = 5,

    /// <summary>The server's options cannot be fulfilled; the text says which.</summary>
    OptionsRefused = 6,

    /// <summary>The server wants a reconnection (RESTART).</summary>
    ServerRestart = 7,

    /// <summary>The server wants an end (HALT).</summary>
    ServerHalt = 8,

    /// <summary>The peer has left (EXIT).</summary>
    PeerExit = 9,

    /// <summary>Nothing came for <c>ping-restart</c>.</summary>
    PingRestart = 10,

    /// <summary>A renegotiation failed and the old key has died.</summary>
    KeyExpired = 11,

    /// <summary>The card has moved too little for <c>inactive</c>.</summary>
    Inactive = 12,

    /// <summary><c>session-timeout</c> has passed.</summary>
    SessionTimeout = 13,

    /// <summary>Nothing came for <c>ping-exit</c>: the end, not a new try.</summary>
    PingExit = 14,
}
