// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration;

/// <summary>One tunnel of a file (<c>tunnels</c>), which <c>tunbridge serve</c> runs as a process of its own.</summary>
public sealed record TunnelDefinition
{
    /// <summary>The longest name, in characters.</summary>
    public const int MaximumNameLength = 32;

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The whole path of the OpenVPN configuration (<c>openvpn</c>); a relative one begins beside the file that names it.</summary>
    public required string OpenVpnFile { get; init; }

    /// <summary>What it is, in words (<c>description</c>); null when nothing is said.</summary>
    public string? Description { get; init; }

    /// <summary>Whether it is run (<c>enabled</c>).</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>Where its name stands.</summary>
    public required SourcePosition Position { get; init; }

    /// <summary>Where its file is named.</summary>
    public required SourcePosition FilePosition { get; init; }

    /// <summary>What is wrong with a name, null when it is fine.</summary>
    /// <param name="name">The name.</param>
    public static string? FindMistake(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        bool isFine = name.Length is > 0 and <= MaximumNameLength && char.IsAsciiLetterOrDigit(name[0]) &&
            name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
        return isFine ? null
            : $"'{name}' is no name of a tunnel, allowed are 1 to {MaximumNameLength} letters, digits, -, _ and dots, a letter or digit first";
    }
}
