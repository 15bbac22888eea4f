// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration;

/// <summary>A file as it was read.</summary>
public sealed record ConfigurationSource
{
    /// <summary>The path as messages name it.</summary>
    public required string Path { get; init; }

    /// <summary>Its YAML.</summary>
    public required string Text { get; init; }
}
