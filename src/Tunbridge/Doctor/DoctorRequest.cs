// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Doctor;

/// <summary>What the caller wants to know.</summary>
internal sealed record DoctorRequest
{
    /// <summary>A card to look at in particular, or null.</summary>
    public string? Card { get; init; }

    /// <summary>Whether the caller's program opens that card as a TAP (true), as a TUN (false), or did not say.</summary>
    public bool? AsTap { get; init; }

    /// <summary>Whether the caller's program opens that card with IFF_MULTI_QUEUE.</summary>
    public bool MultiQueue { get; init; }
}
