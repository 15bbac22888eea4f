// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Control;

/// <summary>A text of the control channel that is for people or for a management client (INFO, INFO_PRE, CR_RESPONSE, AUTH_PENDING).</summary>
public sealed record SessionMessage : SessionEvent
{
    /// <summary>The whole text, without control characters.</summary>
    public required string Text { get; init; }
}
