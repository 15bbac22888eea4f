// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Doctor;

/// <summary>One question of the examination and its answer.</summary>
internal sealed record Check
{
    /// <summary>The question's lasting name, such as <c>node</c>.</summary>
    public required string Id { get; init; }

    /// <summary>How it ended.</summary>
    public required CheckStatus Status { get; init; }

    /// <summary>The answer in one line.</summary>
    public required string Summary { get; init; }

    /// <summary>What was seen, in the order it is shown.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Evidence { get; init; } = [];

    /// <summary>Lines that are shown whatever the status is.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What mends it, when that is known.</summary>
    public Remedy? Fix { get; init; }

    /// <summary>Makes a piece of evidence.</summary>
    public static KeyValuePair<string, string> Seen(string what, string value) => new(what, value);
}
