// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Doctor;

/// <summary>How <c>doctor</c> reports and whether it repairs.</summary>
internal sealed record DoctorOptions
{
    /// <summary>One JSON document in place of text.</summary>
    public bool Json { get; init; }

    /// <summary>Offers repairs.</summary>
    public bool Fix { get; init; }

    /// <summary>Repairs without asking.</summary>
    public bool Yes { get; init; }

    /// <summary>Counts warnings as failures in the exit code.</summary>
    public bool Strict { get; init; }
}
