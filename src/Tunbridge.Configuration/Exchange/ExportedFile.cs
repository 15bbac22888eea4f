// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration.Exchange;

/// <summary>One file of an export.</summary>
public sealed record ExportedFile
{
    /// <summary>The file's name, without a directory.</summary>
    public required string Name { get; init; }

    /// <summary>Its text.</summary>
    public required string Text { get; init; }
}
