// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;

namespace Tunbridge.Hosting;

/// <summary>Where a peer is: an address over UDP, a connection over TCP.</summary>
public readonly record struct LinkPath
{
    /// <summary>The peer's address, and the local one it came to.</summary>
    public required DatagramPath Path { get; init; }

    /// <summary>The number of the connection, from 1; 0 over UDP.</summary>
    public long Connection { get; init; }
}
