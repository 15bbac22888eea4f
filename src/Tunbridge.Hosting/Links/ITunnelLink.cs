// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Hosting;

/// <summary>A tunnel's wire: one UDP socket, one TCP connection, or a TCP door with its connections.</summary>
/// <remarks>Made opened, by <c>DatagramLink</c> or <c>StreamLink</c>; belongs to the pump that it is given to. Thread-safe.</remarks>
public interface ITunnelLink : IDisposable
{
    /// <summary>Datagrams in a stream, with connections that come and go.</summary>
    bool IsStream { get; }

    /// <summary>The local address; with port.</summary>
    Linux.DatagramAddress Local { get; }

    /// <summary>Sends one control datagram; drops it when the link is full, as the network would.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="datagram">The datagram.</param>
    /// <returns>Whether it went out.</returns>
    bool TrySend(in LinkPath to, ReadOnlySpan<byte> datagram);

    /// <summary>Ends one connection, and does not tell the owner; nothing over UDP.</summary>
    /// <param name="path">The connection.</param>
    void Disconnect(in LinkPath path);

    /// <summary>A way out for one thread.</summary>
    /// <param name="capacity">The most datagrams between two flushes.</param>
    /// <returns>The sender; the caller disposes it.</returns>
    ILinkSender OpenSender(int capacity);

    /// <summary>Receives until the link is disposed or the token is cancelled; called once.</summary>
    /// <param name="receiver">Takes what comes.</param>
    /// <param name="capacity">The most runs of datagrams taken at once.</param>
    /// <param name="cancellationToken">Ends it.</param>
    void Run(ILinkReceiver receiver, int capacity, CancellationToken cancellationToken);
}
