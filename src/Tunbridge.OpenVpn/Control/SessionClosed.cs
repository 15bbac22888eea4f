// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Control;

/// <summary>The session is over; nothing more is sent or taken.</summary>
public sealed record SessionClosed : SessionEvent
{
    /// <summary>Why, for programs.</summary>
    public required SessionCloseReason Reason { get; init; }

    /// <summary>Why, in words.</summary>
    public required string Text { get; init; }
}
