// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Changes;

/// <summary>A route that is not as declared.</summary>
public sealed record RouteDifference
{
    /// <summary>The declared route; empty when nothing declares it.</summary>
    public required string Declared { get; init; }

    /// <summary>The route that is there in its place; empty for none.</summary>
    public required string Found { get; init; }
}
