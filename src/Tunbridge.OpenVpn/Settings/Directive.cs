// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Settings;

/// <summary>One directive of a configuration, with where it stands.</summary>
public sealed record Directive
{
    /// <summary>Its name, without leading hyphens.</summary>
    public required string Name { get; init; }

    /// <summary>Its parameters, quotes and escapes resolved.</summary>
    public required IReadOnlyList<string> Parameters { get; init; }

    /// <summary>The file, or a word such as [CMD-LINE].</summary>
    public required string File { get; init; }

    /// <summary>The line, from 1; 0 on the command line.</summary>
    public int Line { get; init; }

    /// <summary>
    /// The lines between its tags, as they are, in the memory of the reader and with its life; null when it was not written inline.
    /// </summary>
    public ReadOnlyMemory<byte>? Inline { get; init; }

    /// <summary>Written with <c>setenv opt</c>: to be passed over when it is unknown.</summary>
    public bool IsOptional { get; init; }

    /// <summary>The number of the <c>&lt;connection&gt;</c> block it stands in, from 0; null outside.</summary>
    public int? Connection { get; init; }

    /// <summary>Where it stands, for messages: "client.ovpn:12", or the command line's word.</summary>
    public string Position => Line > 0 ? $"{File}:{Line}" : File;

    /// <summary>A parameter, or null when it is not there.</summary>
    /// <param name="index">From 0.</param>
    /// <returns>The parameter.</returns>
    public string? At(int index) => index < Parameters.Count ? Parameters[index] : null;

    /// <summary>What it names: a file, or what stands between its tags.</summary>
    /// <returns>The material, with where it was written.</returns>
    public KeyMaterial ToMaterial() => new()
    {
        File = Inline is null ? At(0) : null,
        Inline = Inline,
        Directive = Name,
        Position = Position,
    };

    /// <summary>Does not show what stands between its tags.</summary>
    /// <returns>Place, name and parameters.</returns>
    public override string ToString() => $"{Position}: {Name} {(Inline is null ? string.Join(' ', Parameters) : "[inline]")}";
}
