// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Hosting;

/// <summary>Datagrams on their way out: sealed straight into it, then sent together.</summary>
/// <remarks>For one thread. Nothing allocates.</remarks>
public interface ILinkSender : IDisposable
{
    /// <summary>Whether datagrams wait for <see cref="Flush"/>.</summary>
    bool HasPending { get; }

    /// <summary>Room for the next datagram.</summary>
    /// <param name="length">The most bytes that it can have.</param>
    /// <returns>At least so many bytes; empty when there is no more room before <see cref="Flush"/>.</returns>
    Span<byte> GetSpan(int length);

    /// <summary>Takes the datagram that was written at the start of the span.</summary>
    /// <param name="to">Where it goes.</param>
    /// <param name="length">Its bytes.</param>
    void Commit(in LinkPath to, int length);

    /// <summary>Sends what was taken, and makes room.</summary>
    /// <param name="waits">Whether to wait for room in the socket; otherwise what has none is dropped.</param>
    /// <param name="cancellationToken">Ends a wait.</param>
    /// <returns>How many datagrams were dropped for want of room.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The link is closed.</exception>
    int Flush(bool waits, CancellationToken cancellationToken = default);
}
