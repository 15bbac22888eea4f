// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Settings;

/// <summary>How a silent peer is noticed (<c>keepalive</c>).</summary>
public sealed record KeepAlive
{
    /// <summary>Silence of ours that a ping ends.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>Silence of the peer's that ends the session.</summary>
    public required TimeSpan Timeout { get; init; }
}
