// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Whose a card is: the ifalias <c>tunbridge:INSTANCE …</c> on everything we create.</summary>
/// <remarks>
/// Behind the instance and a blank stands the comment, which is for people and not compared, or the card's description in
/// its place. A comment is a path; a description that begins like one, or with a blank, has one more blank before it.
/// Nothing in a description can change whose a card is: the instance ends at the first blank.
/// </remarks>
public sealed record OwnershipMark
{
    /// <summary>The instance of cards made by <c>tunbridge add</c>.</summary>
    public const string CommandLineInstance = "cli";

    /// <summary>The longest instance, in characters.</summary>
    public const int MaximumInstanceLength = 64;

    /// <summary>The longest description in bytes of UTF-8: what fits the kernel beside an instance of any length.</summary>
    public const int MaximumDescriptionBytes = MaximumAliasBytes - PrefixLength - MaximumInstanceLength - 2;

    private const string Prefix = "tunbridge:";
    private const int PrefixLength = 10;

    // IFALIASZ is 256 with its terminator.
    private const int MaximumAliasBytes = 255;

    /// <summary>The owner: <c>--name</c>, a hash of a file's real path, or <c>cli</c>.</summary>
    public required string Instance { get; init; }

    /// <summary>What people read behind it, such as the file's path; may be empty.</summary>
    public string Comment { get; init; } = "";

    /// <summary>What the card is for, in words; it takes the comment's place. Null for none.</summary>
    public string? Description { get; init; }

    /// <summary>Reads a card's alias.</summary>
    /// <param name="alias">The ifalias, or null.</param>
    /// <param name="mark">The mark.</param>
    /// <returns>False when the card is not ours at all.</returns>
    public static bool TryParse(string? alias, out OwnershipMark? mark)
    {
        mark = null;
        if (alias is null || !alias.StartsWith(Prefix, StringComparison.Ordinal))
            return false;
        string rest = alias[Prefix.Length..];
        int blank = rest.IndexOf(' ');
        string instance = blank < 0 ? rest : rest[..blank];
        if (FindMistake(instance) is not null)
            return false;
        string text = blank < 0 ? "" : rest[(blank + 1)..];
        mark = text.Length == 0 || text[0] == '/' ? new() { Instance = instance, Comment = text }
            : new() { Instance = instance, Description = text[0] == ' ' ? text[1..] : text };
        return true;
    }

    /// <summary>The description that a link carries; null when it has none or is not ours.</summary>
    /// <param name="link">The link.</param>
    public static string? DescriptionOf(Link link)
    {
        ArgumentNullException.ThrowIfNull(link);
        return TryParse(link.Alias, out OwnershipMark? mark) ? mark!.Description : null;
    }

    /// <summary>Whether a link carries the mark of this instance.</summary>
    /// <param name="link">The link.</param>
    public bool IsOn(Link link)
    {
        ArgumentNullException.ThrowIfNull(link);
        return TryParse(link.Alias, out OwnershipMark? mark) && mark!.Instance == Instance;
    }

    /// <summary>The instance of a file that was given no name: 12 hexadecimal digits of its real path's SHA-256.</summary>
    /// <param name="realPath">The path with symbolic links resolved.</param>
    public static string InstanceOf(string realPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(realPath);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(realPath)).AsSpan(0, 6));
    }

    /// <summary>What is wrong with the name of an instance, and what is allowed; null when it is fine.</summary>
    /// <param name="instance">The name.</param>
    public static string? FindMistake(string instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        bool fine = instance.Length is > 0 and <= MaximumInstanceLength &&
            instance.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '@');
        return fine
            ? null
            : $"'{instance}' is no name of an instance, allowed are 1 to {MaximumInstanceLength} letters, digits and - _ . @";
    }

    /// <summary>What is wrong with a description, and what is allowed; null when it is fine.</summary>
    /// <param name="description">The description.</param>
    public static string? FindDescriptionMistake(string description)
    {
        ArgumentNullException.ThrowIfNull(description);
        if (description.Length == 0)
            return "is empty, allowed is a line of text";
        // A line end of any kind would break the listings of every tool that shows aliases.
        if (description.Any(c => char.IsControl(c) || c is '\u2028' or '\u2029'))
            return "has a control character, allowed is a line of text";
        // Half of a surrogate pair has no UTF-8; the kernel would keep another text.
        if (description != Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(description)))
            return "has half a character, allowed is a line of text";
        int length = Encoding.UTF8.GetByteCount(description);
        return length <= MaximumDescriptionBytes ? null
            : $"has {length} bytes, allowed are at most {MaximumDescriptionBytes}: it is kept in the card's ifalias, behind the mark";
    }

    /// <summary>The alias to set, at most 255 bytes: a long comment is cut.</summary>
    public override string ToString()
    {
        string text = Description is not { Length: > 0 } described ? Comment
            : described[0] is '/' or ' ' ? " " + described : described;
        string alias = text.Length == 0 ? Prefix + Instance : $"{Prefix}{Instance} {text}";
        while (Encoding.UTF8.GetByteCount(alias) > MaximumAliasBytes)
            alias = alias[..^(char.IsLowSurrogate(alias[^1]) && alias.Length > 1 ? 2 : 1)];
        return alias;
    }
}
