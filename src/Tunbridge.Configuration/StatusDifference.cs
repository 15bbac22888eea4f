// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration;

/// <summary>One key whose declared and found values differ.</summary>
public sealed record StatusDifference
{
    /// <summary>The key, such as <c>mtu</c> or <c>addresses</c>.</summary>
    public required string Key { get; init; }

    /// <summary>What the file declares, as text; empty for nothing.</summary>
    public required string Declared { get; init; }

    /// <summary>What the kernel shows, as text; empty for nothing.</summary>
    public required string Found { get; init; }

    /// <summary>Such as <c>mtu: declared 1400, found 1500</c>.</summary>
    public override string ToString() => $"{Key}: declared {Shown(Declared)}, found {Shown(Found)}";

    private static string Shown(string value) => value.Length == 0 ? "none" : value;
}
