// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;

namespace Tunbridge.Linux;

/// <summary>Between which two addresses, and over which interface, datagrams go.</summary>
/// <remarks>What came in on a path goes back on the same when the path is given to the send batch.</remarks>
public readonly record struct DatagramPath
{
    private readonly DatagramAddress _remote;
    private readonly DatagramAddress _local;

    /// <summary>Makes the path to a peer whose source address and interface the kernel chooses.</summary>
    /// <param name="remote">The peer; none on a connected socket.</param>
    public DatagramPath(DatagramAddress remote) => _remote = remote;

    /// <summary>The peer; none on a connected socket means the peer it is connected to.</summary>
    public DatagramAddress Remote
    {
        get => _remote;
        init => _remote = value;
    }

    /// <summary>The address on this host, whose port is that of the socket; none leaves it to the kernel.</summary>
    public DatagramAddress Local
    {
        get => _local;
        init => _local = value;
    }

    /// <summary>
    /// Received: the interface the datagram came in by. Sent: the one it must leave by, 0 as routed.
    /// </summary>
    public int InterfaceIndex { get; init; }

    /// <inheritdoc/>
    public bool Equals(DatagramPath other) => Same(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Remote, Local, InterfaceIndex);

    // Asked for every datagram added: compared where they lie.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool Same(in DatagramPath left, in DatagramPath right) =>
        DatagramAddress.Same(left._remote, right._remote) && DatagramAddress.Same(left._local, right._local) &&
        left.InterfaceIndex == right.InterfaceIndex;
}
