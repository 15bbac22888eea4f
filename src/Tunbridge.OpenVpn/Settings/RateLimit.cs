// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Settings;

/// <summary>So many in so long.</summary>
public sealed record RateLimit
{
    /// <summary>How many.</summary>
    public required int Count { get; init; }

    /// <summary>In how long.</summary>
    public required TimeSpan Interval { get; init; }
}
