// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration.Exchange;

/// <summary>Cards in another program's language, and what that language cannot say.</summary>
public sealed record ExportResult
{
    /// <summary>The files, in the order of the cards.</summary>
    public required IReadOnlyList<ExportedFile> Files { get; init; }

    /// <summary>What could not be said, each with the place in the configuration file.</summary>
    public required IReadOnlyList<Diagnostic> Notes { get; init; }
}
