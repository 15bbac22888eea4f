// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;

namespace Tunbridge.Packets;

/// <summary>The easy way to read an <see cref="IPacketQueue"/>.</summary>
public static class PacketQueueExtensions
{
    /// <summary>Gives every packet of the queue, one after another, until it is closed.</summary>
    /// <param name="queue">The queue; stays the caller's.</param>
    /// <param name="cancellationToken">
    /// Ends the enumeration with <see cref="OperationCanceledException"/>.
    /// </param>
    /// <returns>
    /// Packets; each one's bytes are valid until the next step. Ends without an exception when the queue is
    /// disposed or the other end of a pair is closed; leaving early loses no packet. The packet's
    /// <see cref="GsoInfo"/> is not given: read batches from a queue that carries superpackets.
    /// </returns>
    public static IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAllAsync(
        this IPacketQueue queue, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(queue);
        return Enumerate(queue, cancellationToken);
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Enumerate(
        IPacketQueue queue, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var batch = new PacketBatch(capacity: 1); // one at a time: a caller who breaks off loses nothing
        while (true)
        {
            batch.Clear();
            try
            {
                await queue.ReadAsync(batch, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is ObjectDisposedException or EndOfStreamException)
            {
                yield break; // the queue is closed: the end the caller of an enumeration expects
            }

            yield return batch[0].Memory;
        }
    }
}
