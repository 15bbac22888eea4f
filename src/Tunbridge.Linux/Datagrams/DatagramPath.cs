// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Linux;

/// <summary>Between which two addresses, and over which interface, datagrams go.</summary>
/// <remarks>What came in on a path goes back on the same when the path is given to the send batch.</remarks>
public readonly record struct DatagramPath
{
    /// <summary>Makes the path to a peer whose source address and interface the kernel chooses.</summary>
    /// <param name="remote">The peer; none on a connected socket.</param>
    public DatagramPath(DatagramAddress remote) => Remote = remote;

    /// <summary>The peer; none on a connected socket means the peer it is connected to.</summary>
    public DatagramAddress Remote { get; init; }

    /// <summary>The address on this host, whose port is that of the socket; none leaves it to the kernel.</summary>
    public DatagramAddress Local { get; init; }

    /// <summary>
    /// Received: the interface the datagram came in by. Sent: the one it must leave by, 0 as routed.
    /// </summary>
    public int InterfaceIndex { get; init; }
}
