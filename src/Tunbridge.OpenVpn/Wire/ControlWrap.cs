// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Wire;

/// <summary>
/// What protects control packets below TLS. Holds keys only; the numbers of the two directions belong to the session, so that
/// one wrap serves all sessions under the same key. One owner at a time.
/// </summary>
internal abstract class ControlWrap : IDisposable
{
    /// <summary>Bytes added to first byte, session id and body.</summary>
    internal abstract int Overhead { get; }

    /// <summary>Writes a whole packet.</summary>
    /// <returns>Bytes written.</returns>
    internal abstract int Wrap(ref ControlPacketId id, PacketHead head, ulong sessionId, ReadOnlySpan<byte> body,
        Span<byte> destination);

    /// <summary>Verifies a packet whose head was read, and gives its body, decrypted in place.</summary>
    /// <param name="packet">The whole packet, without a wrapped key behind it.</param>
    /// <param name="replay">The sender's numbers; null asks nothing, for packets that found no state.</param>
    /// <param name="nowMilliseconds">The time, for the window.</param>
    /// <param name="body">The body.</param>
    /// <param name="number">The sender's number; 0 without a wrap.</param>
    internal abstract DropReason Unwrap(Span<byte> packet, ControlReplay? replay, long nowMilliseconds, out Span<byte> body,
        out uint number);

    public abstract void Dispose();
}
