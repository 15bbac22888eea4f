// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration.Editing;

/// <summary>One key of a card that is to be written into a file.</summary>
public sealed record DeviceEdit
{
    /// <summary>The key below the card, such as <c>mtu</c>.</summary>
    public required string Key { get; init; }

    /// <summary>Its value as text; null removes the key, unless items are given.</summary>
    public string? Value { get; init; }

    /// <summary>Entries to append to a list.</summary>
    public IReadOnlyList<string> AddedItems { get; init; } = [];

    /// <summary>Entries to take out of a list.</summary>
    public IReadOnlyList<string> RemovedItems { get; init; } = [];

    /// <summary>Whether entries of a list are meant.</summary>
    public bool IsList => AddedItems.Count + RemovedItems.Count > 0;
}
