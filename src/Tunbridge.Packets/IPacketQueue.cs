// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

/// <summary>
/// A queue of packets in both directions: one queue of a card, an end of an in-memory pair, or a decorator of
/// one.
/// </summary>
/// <remarks>
/// <para><b>Reading.</b> Every packet is given out once, in order. The batch forms append to the batch:
/// blocking ones wait for the first packet and then take what waits, without waiting, until the batch is
/// full. A batch that is full to begin with is the caller's mistake (<see cref="ArgumentException"/>).</para>
/// <para><b>Writing</b> never waits: the packet is taken at once or refused, and every refusal is counted in
/// <see cref="Refusals"/>. Written bytes are copied (or handed to the kernel) before the call returns.</para>
/// <para><b>Ending.</b> Disposing from any thread, or cancelling, wakes every waiting reader at once, with
/// <see cref="ObjectDisposedException"/> or <see cref="OperationCanceledException"/>. Every call on a
/// disposed queue throws <see cref="ObjectDisposedException"/>. When the other side is gone, a reader gets an
/// <see cref="IOException"/> (the kernel's error for a card, <see cref="EndOfStreamException"/> in memory)
/// after the packets that were still waiting.</para>
/// <para><b>Threads.</b> All members may be called from several threads at once; two readers share the
/// packets between them. Batches and buffers belong to the caller.</para>
/// <para>Theory of operation: docs/packets.md.</para>
/// </remarks>
public interface IPacketQueue : IDisposable, IAsyncDisposable
{
    /// <summary>Whether the queue carries packets (layer 3) or frames (layer 2).</summary>
    DeviceLayer Layer { get; }

    /// <summary>Counts of the packets that were given to this queue and not taken, by reason.</summary>
    PacketRefusals Refusals { get; }

    /// <summary>Waits for at least one packet and appends what is there to the batch.</summary>
    /// <param name="batch">Where to; must not be full.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>How many packets were added, at least 1.</returns>
    int Read(PacketBatch batch, CancellationToken cancellationToken = default);

    /// <summary>
    /// Waits, without a thread, for at least one packet and appends what is there to the batch.
    /// </summary>
    /// <param name="batch">Where to; must not be full, and belongs to the call until it completes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>How many packets were added, at least 1.</returns>
    ValueTask<int> ReadAsync(PacketBatch batch, CancellationToken cancellationToken = default);

    /// <summary>Appends the packets that wait to the batch, without waiting.</summary>
    /// <param name="batch">Where to; must not be full.</param>
    /// <returns>How many packets were added; 0 when none waits.</returns>
    int TryRead(PacketBatch batch);

    /// <summary>Waits for one packet and copies it.</summary>
    /// <param name="buffer">
    /// Where to; a longer packet is cut to the buffer, as the kernel does, and the rest is lost.
    /// </param>
    /// <param name="gso">How the packet is to be cut.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Bytes in the buffer.</returns>
    int Read(Span<byte> buffer, out GsoInfo gso, CancellationToken cancellationToken = default);

    /// <summary>
    /// Waits, without a thread, for one packet and copies it; for queues that carry no superpackets.
    /// </summary>
    /// <param name="buffer">Where to; a longer packet is cut to the buffer, and the rest is lost.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>
    /// Bytes in the buffer. The packet's <see cref="GsoInfo"/> is not given: read a batch where offloads are
    /// on.
    /// </returns>
    ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

    /// <summary>Copies one packet if one waits.</summary>
    /// <param name="buffer">Where to; a longer packet is cut to the buffer, and the rest is lost.</param>
    /// <param name="length">Bytes in the buffer.</param>
    /// <param name="gso">How the packet is to be cut.</param>
    /// <returns>False when none waits.</returns>
    bool TryRead(Span<byte> buffer, out int length, out GsoInfo gso);

    /// <summary>Writes one packet.</summary>
    /// <param name="packet">The packet; not kept.</param>
    /// <param name="gso">How it is to be cut; needs a queue with offloads when not the default.</param>
    /// <exception cref="IOException">
    /// The packet was refused; the type tells more (the kernel's error, or
    /// <see cref="PacketRefusedException"/>).
    /// </exception>
    void Write(ReadOnlySpan<byte> packet, in GsoInfo gso = default);

    /// <summary>
    /// Writes every packet of the batch in order; a refused one does not stop those after it.
    /// </summary>
    /// <param name="batch">
    /// The packets; unchanged, except that bytes in the headroom of each may be overwritten.
    /// </param>
    /// <returns>How many were taken; the others are counted in <see cref="Refusals"/>.</returns>
    int Write(PacketBatch batch);

    /// <summary>Writes one packet and tells a refusal by a value instead of an exception.</summary>
    /// <param name="packet">The packet; not kept.</param>
    /// <param name="gso">How it is to be cut.</param>
    /// <returns>What became of it.</returns>
    PacketWriteStatus TryWrite(ReadOnlySpan<byte> packet, in GsoInfo gso = default);
}
