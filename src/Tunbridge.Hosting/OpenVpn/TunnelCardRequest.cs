// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Hosting.OpenVpn;

/// <summary>Which card a tunnel wants.</summary>
public sealed record TunnelCardRequest
{
    /// <summary>Its name, or how it begins: tun, tap0 (<c>dev</c>).</summary>
    public required string Name { get; init; }

    /// <summary>Frames instead of packets.</summary>
    public required bool IsTap { get; init; }

    /// <summary>Its MTU.</summary>
    public required int Mtu { get; init; }
}
