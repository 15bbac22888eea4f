// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration.Exchange;

/// <summary>A configuration file made from others, and what could not be carried over.</summary>
public sealed record ImportResult
{
    /// <summary>The text of the configuration file; it parses.</summary>
    public required string Yaml { get; init; }

    /// <summary>The names of the cards in it.</summary>
    public required IReadOnlyList<string> Cards { get; init; }

    /// <summary>What was not carried over, each with file and line.</summary>
    public required IReadOnlyList<Diagnostic> Notes { get; init; }
}
