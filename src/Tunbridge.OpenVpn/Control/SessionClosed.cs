// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Control;

/// <summary>The session is over; nothing more is sent or taken.</summary>
public sealed record SessionClosed : SessionEvent
{
    /// <summary>Why, for programs.</summary>
    public required SessionCloseReason Reason { get; init; }

    /// <summary>Why, in words.</summary>
    public required string Text { get; init; }

    /// <summary>What follows AUTH_FAILED, read; null for other reasons.</summary>
    public AuthFailure? Failure { get; init; }

    /// <summary>The server sends its client to the next remote (RESTART with [N]).</summary>
    public bool GoesToNextRemote { get; init; }

    /// <summary>The credentials may be used again (RESTART with [P]); without it they are asked for, unless a file has them.</summary>
    public bool KeepsCredentials { get; init; }
}
