// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Hosting.OpenVpn;

/// <summary>Why a client has ended.</summary>
public enum OpenVpnClientEnd
{
    /// <summary>It was asked to.</summary>
    Stopped = 0,

    /// <summary>The server refused the credentials, and <c>auth-retry</c> does not let it ask again.</summary>
    AuthFailed = 1,

    /// <summary>The server said so (HALT).</summary>
    Halted = 2,

    /// <summary><c>connect-retry-max</c> rounds were in vain, or one with <c>resolv-retry 0</c>.</summary>
    RetriesSpent = 3,

    /// <summary>Nothing came for <c>ping-exit</c>.</summary>
    PingExit = 4,

    /// <summary>Nothing passed for <c>inactive</c>.</summary>
    Inactive = 5,

    /// <summary><c>session-timeout</c> is over.</summary>
    SessionTimeout = 6,

    /// <summary>Host or card could not be set up; the log says why.</summary>
    Failed = 7,
}
