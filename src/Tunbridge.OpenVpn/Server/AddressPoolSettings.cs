// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Tunbridge.OpenVpn.Server;

/// <summary>What an <see cref="AddressPool"/> gives out.</summary>
public sealed record AddressPoolSettings
{
    /// <summary>The first IPv4 address; null for none.</summary>
    public IPAddress? First { get; init; }

    /// <summary>The last one; wanted with <see cref="First"/>.</summary>
    public IPAddress? Last { get; init; }

    /// <summary>A slot has four addresses (net30), of which the client gets the third.</summary>
    public bool IsInFours { get; init; }

    /// <summary>The first IPv6 address; null for none.</summary>
    public IPAddress? FirstV6 { get; init; }

    /// <summary>Bits of its network: the pool ends with it.</summary>
    public int PrefixLengthV6 { get; init; }

    /// <summary>Slots are not kept for names (<c>duplicate-cn</c>).</summary>
    public bool ForgetsNames { get; init; }
}
