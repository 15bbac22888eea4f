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

    /// <summary>Ends one connection; nothing over UDP.</summary>
    /// <param name="path">The connection.</param>
    void Disconnect(in LinkPath path);
}
