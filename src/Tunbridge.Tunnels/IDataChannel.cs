// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Tunnels;

/// <summary>A session with a peer as the data path sees it: the keys of this moment.</summary>
/// <remarks>
/// The control core that owns the session publishes its keys by atomic swap; threads of the data path ask for every
/// batch. Protocol-neutral: OpenVPN, VTun and WireGuard each have one.
/// </remarks>
public interface IDataChannel
{
    /// <summary>What to seal with; ask again for every batch.</summary>
    /// <param name="slot">The number of the asking thread, from 0; each has its own.</param>
    /// <returns>The sealer; null while there is no key.</returns>
    IPacketSealer? SealerFor(int slot);

    /// <summary>Verifies and opens a datagram in place. Called by the one thread that owns the peer's address.</summary>
    /// <param name="datagram">Changed in place; undefined when it is dropped.</param>
    /// <param name="nowMilliseconds">The time, which only grows.</param>
    /// <param name="packet">The packet; empty when the datagram only kept the session going.</param>
    /// <param name="isExit">The peer says that it leaves.</param>
    /// <returns>Why it is dropped; <see cref="DropReason.None"/> when it is not.</returns>
    DropReason TryOpen(Span<byte> datagram, long nowMilliseconds, out Span<byte> packet, out bool isExit);
}
