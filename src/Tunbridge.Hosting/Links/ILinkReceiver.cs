// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Hosting;

/// <summary>Takes what a link brings; called by the one thread that runs the link.</summary>
public interface ILinkReceiver
{
    /// <summary>Datagrams of one sender that lie side by side, all of one length but the last, which may be shorter.</summary>
    /// <param name="from">The sender.</param>
    /// <param name="slab">The memory they lie in; may be changed until <see cref="OnIdle"/>.</param>
    /// <param name="offset">Where the first begins.</param>
    /// <param name="length">Bytes of all.</param>
    /// <param name="segmentSize">Bytes of each but the last.</param>
    /// <returns>False when the connection is to be closed.</returns>
    bool OnDatagrams(in LinkPath from, Memory<byte> slab, int offset, int length, int segmentSize);

    /// <summary>Nothing more comes before the memory is used again: whatever still lies there must be done with.</summary>
    void OnIdle();

    /// <summary>A connection is there.</summary>
    /// <param name="path">The connection.</param>
    void OnConnected(in LinkPath path);

    /// <summary>A connection has ended, or could not be made.</summary>
    /// <param name="path">The connection.</param>
    /// <param name="reason">Why, in words.</param>
    void OnDisconnected(in LinkPath path, string reason);
}
