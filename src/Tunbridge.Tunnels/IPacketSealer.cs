// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Tunnels;

/// <summary>Turns packets into a peer's datagrams, for one thread.</summary>
/// <remarks>Nothing allocates. Numbers are shared with the other threads' sealers of the same key.</remarks>
public interface IPacketSealer
{
    /// <summary>The most bytes by which a datagram is longer than its packet.</summary>
    int Overhead { get; }

    /// <summary>Seals a packet.</summary>
    /// <param name="packet">The packet; unchanged. Must not overlap <paramref name="destination"/>.</param>
    /// <param name="destination">Room for the packet and <see cref="Overhead"/>.</param>
    /// <param name="nowMilliseconds">The time, which only grows.</param>
    /// <param name="length">Bytes of the datagram.</param>
    /// <returns>False when the key has no numbers left.</returns>
    /// <exception cref="ArgumentException">There is too little room.</exception>
    bool TrySeal(ReadOnlySpan<byte> packet, Span<byte> destination, long nowMilliseconds, out int length);
}
