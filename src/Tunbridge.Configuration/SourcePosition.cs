// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration;

/// <summary>A place in a configuration file.</summary>
public readonly record struct SourcePosition
{
    /// <summary>The file as it was named; <see cref="ConfigurationFile.DefaultName"/> for the embedded default.</summary>
    public required string Path { get; init; }

    /// <summary>The line, from 1; 0 when the file as a whole is meant.</summary>
    public int Line { get; init; }

    /// <summary>The column, from 1; 0 when the file as a whole is meant.</summary>
    public int Column { get; init; }

    /// <summary><c>path:line:column</c>, or the path alone.</summary>
    public override string ToString() => Line == 0 ? Path : $"{Path}:{Line}:{Column}";
}
