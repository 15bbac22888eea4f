// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Hosting.OpenVpn;

/// <summary>A program that a directive names, with the words written behind it. No shell ever sees it.</summary>
internal sealed record ScriptCommand
{
    /// <summary>What the script hears as script_type.</summary>
    internal required string Kind { get; init; }

    internal required string Program { get; init; }

    internal IReadOnlyList<string> Arguments { get; init; } = [];
}
