// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Netlink;

/// <summary>What a request is about, for its error message: a card by name or index, and what is done to it.</summary>
/// <remarks>An index becomes a name only when there is an error to report.</remarks>
internal readonly record struct RequestTarget
{
    private RequestTarget(string? text, object? subject, int linkIndex)
    {
        Text = text;
        Subject = subject;
        LinkIndex = linkIndex;
    }

    internal string? Text { get; }

    /// <summary>The record whose text is shown, such as an address; formatted late.</summary>
    internal object? Subject { get; }

    internal int LinkIndex { get; }

    internal static RequestTarget Named(string text) => new(text, null, 0);

    internal static RequestTarget Card(int linkIndex) => new(null, null, linkIndex);

    internal static RequestTarget On(object subject, int linkIndex) => new(null, subject, linkIndex);

    /// <summary>The text of the target.</summary>
    /// <param name="nameOf">Looks up a card's name.</param>
    internal string Describe(Func<int, string?> nameOf)
    {
        string? card = LinkIndex > 0 ? nameOf(LinkIndex) ?? $"card with index {LinkIndex}" : Text;
        string? subject = Subject?.ToString();
        return subject is null ? card ?? "" : card is null ? subject : $"{subject} on {card}";
    }
}
