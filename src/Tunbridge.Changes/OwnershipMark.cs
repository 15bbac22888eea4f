// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Whose a card is: the ifalias <c>tunbridge:INSTANCE …</c> on everything we create.</summary>
/// <remarks>What follows the instance is for people, and is not compared.</remarks>
public sealed record OwnershipMark
{
    /// <summary>The instance of cards made by <c>tunbridge add</c>.</summary>
    public const string CommandLineInstance = "cli";

    /// <summary>The longest instance, in characters.</summary>
    public const int MaximumInstanceLength = 64;

    private const string Prefix = "tunbridge:";

    // IFALIASZ is 256 with its terminator.
    private const int MaximumAliasBytes = 255;

    /// <summary>The owner: <c>--name</c>, a hash of a file's real path, or <c>cli</c>.</summary>
    public required string Instance { get; init; }

    /// <summary>What people read behind it, such as the file's path; may be empty.</summary>
    public string Comment { get; init; } = "";

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
        mark = new() { Instance = instance, Comment = blank < 0 ? "" : rest[(blank + 1)..] };
        return true;
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

    /// <summary>The alias to set, at most 255 bytes: a long comment is cut.</summary>
    public override string ToString()
    {
        string alias = Comment.Length == 0 ? Prefix + Instance : $"{Prefix}{Instance} {Comment}";
        while (Encoding.UTF8.GetByteCount(alias) > MaximumAliasBytes)
            alias = alias[..^1];
        return alias;
    }
}
