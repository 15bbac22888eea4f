// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Client;

/// <summary>The flags of <c>redirect-gateway</c> and <c>redirect-private</c>.</summary>
public sealed record PulledRedirect
{
    /// <summary>The default route itself stays (<c>redirect-private</c>).</summary>
    public bool KeepsDefault { get; init; }

    /// <summary>The server is on the local network (<c>local</c>).</summary>
    public bool IsServerLocal { get; init; }

    /// <summary>Whether it is, is found out (<c>autolocal</c>).</summary>
    public bool FindsLocal { get; init; }

    /// <summary>By two halves instead of the default route (<c>def1</c>).</summary>
    public bool ByHalves { get; init; }

    /// <summary>DHCP stays outside (<c>bypass-dhcp</c>).</summary>
    public bool BypassesDhcp { get; init; }

    /// <summary>Name servers outside stay reachable (<c>bypass-dns</c>).</summary>
    public bool BypassesDns { get; init; }

    /// <summary>The local network is not reachable meanwhile (<c>block-local</c>).</summary>
    public bool BlocksLocal { get; init; }

    /// <summary>IPv4 is redirected (not <c>!ipv4</c>).</summary>
    public bool IPv4 { get; init; } = true;

    /// <summary>IPv6 is redirected (<c>ipv6</c>).</summary>
    public bool IPv6 { get; init; }
}
