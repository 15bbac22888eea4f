// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration;

/// <summary>One mistake in a configuration file: where, at which key, and what is allowed.</summary>
public sealed record Diagnostic
{
    /// <summary>The file as it was named.</summary>
    public required string Path { get; init; }

    /// <summary>The line, from 1; 0 when the file as a whole is meant.</summary>
    public int Line { get; init; }

    /// <summary>The column, from 1; 0 when the file as a whole is meant.</summary>
    public int Column { get; init; }

    /// <summary>The key's path, such as <c>devices.tap0.mtu</c>; empty for the file as a whole.</summary>
    public string Key { get; init; } = "";

    /// <summary>What is wrong, what is allowed, and what may have been meant; one line.</summary>
    public required string Message { get; init; }

    /// <summary><c>path:line:column: message</c>.</summary>
    public override string ToString() => Line == 0 ? $"{Path}: {Message}" : $"{Path}:{Line}:{Column}: {Message}";
}
