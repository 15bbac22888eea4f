// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Control;

/// <summary>A line for the log, in the words that tools look for.</summary>
public sealed record SessionNote : SessionEvent
{
    /// <summary>The line, without time and without secrets.</summary>
    public required string Text { get; init; }
}
