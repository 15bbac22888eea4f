// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Settings;

/// <summary>What becomes of pushed options that begin with a text (<c>pull-filter</c>); the first filter that fits decides.</summary>
public sealed record PullFilter
{
    /// <summary>What is done.</summary>
    public required PullFilterAction Action { get; init; }

    /// <summary>How the option begins.</summary>
    public required string Prefix { get; init; }
}
