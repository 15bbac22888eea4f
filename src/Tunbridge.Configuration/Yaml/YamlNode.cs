// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration.Yaml;

/// <summary>A piece of a YAML document that knows where it stands.</summary>
internal abstract record YamlNode
{
    internal required SourcePosition Position { get; init; }

    /// <summary>The index of its first character in the text.</summary>
    internal int Start { get; init; }

    /// <summary>The index behind its last character; of a block, behind its last value.</summary>
    internal int End { get; init; }

    /// <summary>How many nodes it is made of, those behind aliases counted each time.</summary>
    internal virtual int Weight => 1;

    /// <summary>What it is, for messages.</summary>
    internal abstract string Noun { get; }

    /// <summary>Whether nothing is written there, or null or ~.</summary>
    internal virtual bool IsNull => false;
}

/// <summary>A single value.</summary>
internal sealed record YamlScalar : YamlNode
{
    internal required string Text { get; init; }

    /// <summary>Whether it is written without quotes.</summary>
    internal required bool IsPlain { get; init; }

    internal override string Noun => $"'{Text}'";

    internal override bool IsNull => IsPlain && Text is "" or "~" or "null";
}

/// <summary>A list.</summary>
internal sealed record YamlSequence : YamlNode
{
    internal required IReadOnlyList<YamlNode> Items { get; init; }

    internal required int NodeCount { get; init; }

    /// <summary>Whether it is written with brackets.</summary>
    internal bool IsFlow { get; init; }

    internal override int Weight => NodeCount;

    internal override string Noun => "a list";
}

/// <summary>Keys and values, in order, doubles included.</summary>
internal sealed record YamlMapping : YamlNode
{
    internal required IReadOnlyList<KeyValuePair<YamlScalar, YamlNode>> Entries { get; init; }

    internal required int NodeCount { get; init; }

    /// <summary>Whether it is written with braces.</summary>
    internal bool IsFlow { get; init; }

    internal override int Weight => NodeCount;

    internal override string Noun => "a group of keys";
}
