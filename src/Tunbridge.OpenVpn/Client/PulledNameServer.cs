// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Tunbridge.OpenVpn.Client;

/// <summary>One server of the <c>dns</c> option.</summary>
public sealed record PulledNameServer
{
    /// <summary>Its number; lower ones come first.</summary>
    public required int Priority { get; init; }

    /// <summary>Its addresses; port 0 where none is named.</summary>
    public IReadOnlyList<IPEndPoint> Addresses { get; init; } = [];

    /// <summary>Domains that it alone resolves; empty: all.</summary>
    public IReadOnlyList<string> ResolveDomains { get; init; } = [];

    /// <summary>yes, optional or no; null when nothing is said.</summary>
    public string? Dnssec { get; init; }

    /// <summary>DoH, DoT or plain; null when nothing is said.</summary>
    public string? Transport { get; init; }

    /// <summary>The name that its certificate has, for DoH and DoT.</summary>
    public string? ServerName { get; init; }
}
