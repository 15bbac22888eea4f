// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Doctor;

/// <summary>What mends a failed check in this very place.</summary>
internal sealed record Remedy
{
    /// <summary>What to do and why, in a sentence or two.</summary>
    public required string Explanation { get; init; }

    /// <summary>Lines to type, or to put into the file the explanation names.</summary>
    public IReadOnlyList<string> Commands { get; init; } = [];

    /// <summary>What <c>--fix</c> can do of it, in order.</summary>
    public IReadOnlyList<RepairKind> Repairs { get; init; } = [];
}
