// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Tunbridge.Hosting;

/// <summary>An address of a tunnel's card.</summary>
public sealed record HostAddress
{
    /// <summary>The address.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>Bits of its prefix.</summary>
    public required int PrefixLength { get; init; }

    /// <summary>The other end's address on a point-to-point card; null otherwise.</summary>
    public IPAddress? Peer { get; init; }
}
