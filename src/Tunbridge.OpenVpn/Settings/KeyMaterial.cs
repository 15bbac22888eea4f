// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Settings;

/// <summary>Something that is in a file or between tags; exactly one of the two is there.</summary>
public sealed record KeyMaterial
{
    /// <summary>The file's path as written.</summary>
    public string? File { get; init; }

    /// <summary>The text itself, in memory of whoever read it: never a string, since nobody could wipe that.</summary>
    public ReadOnlyMemory<byte>? Inline { get; init; }

    /// <summary>The directive that names it.</summary>
    public string Directive { get; init; } = "";

    /// <summary>Where that stands, for messages: "client.ovpn:12", or the command line's word.</summary>
    public string Position { get; init; } = "";

    /// <summary>Does not show what is between the tags.</summary>
    /// <returns>The path, or "[inline]".</returns>
    public override string ToString() => File ?? "[inline]";
}
