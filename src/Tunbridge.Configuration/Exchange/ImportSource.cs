// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Configuration.Exchange;

/// <summary>One text to import: a shell script, ifupdown's interfaces, or a file of systemd-networkd.</summary>
public sealed record ImportSource
{
    /// <summary>How messages name it; its ending tells .netdev and .network files.</summary>
    public required string Path { get; init; }

    /// <summary>What is in it.</summary>
    public required string Text { get; init; }
}
