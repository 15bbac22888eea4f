// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Control;

/// <summary>The next key is active.</summary>
public sealed record SessionRekeyed : SessionEvent
{
    /// <summary>Its number, 1 to 7.</summary>
    public required byte KeyId { get; init; }
}
