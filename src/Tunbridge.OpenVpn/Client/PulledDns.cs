// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Tunbridge.OpenVpn.Client;

/// <summary>Name resolution as the options ask for it. The <c>dns</c> option wins over <c>dhcp-option</c>.</summary>
public sealed record PulledDns
{
    /// <summary>There was a <c>dns</c> option, not <c>dhcp-option</c> alone.</summary>
    public bool HasOption { get; init; }

    /// <summary>Servers of the <c>dns</c> option, the first choice first.</summary>
    public IReadOnlyList<PulledNameServer> Servers { get; init; } = [];

    /// <summary>Name servers: of the first entry of <see cref="Servers"/> that has a plain one, else of <c>dhcp-option DNS</c> and <c>DNS6</c>.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    /// <summary>Domains that are searched, in order.</summary>
    public IReadOnlyList<string> SearchDomains { get; init; } = [];

    /// <summary>Domains that those servers alone resolve; empty: all.</summary>
    public IReadOnlyList<string> ResolveDomains { get; init; } = [];
}
