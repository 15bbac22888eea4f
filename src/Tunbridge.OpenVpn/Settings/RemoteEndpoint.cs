// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Settings;

/// <summary>A server to try.</summary>
public sealed record RemoteEndpoint
{
    /// <summary>Name or address.</summary>
    public required string Host { get; init; }

    /// <summary>The port.</summary>
    public required int Port { get; init; }

    /// <summary>udp, udp4, udp6, tcp, tcp4 or tcp6; a client's forms such as tcp-client are brought to these.</summary>
    public required string Protocol { get; init; }

    /// <summary>What its <c>&lt;connection&gt;</c> block says otherwise; null without one. <see cref="TunnelConfiguration.For"/> applies it.</summary>
    public ConnectionDirectives? Own { get; init; }
}
