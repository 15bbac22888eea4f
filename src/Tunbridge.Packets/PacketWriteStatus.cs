// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

/// <summary>What became of a packet given to a queue.</summary>
public enum PacketWriteStatus
{
    /// <summary>The queue took the packet.</summary>
    Written = 0,

    /// <summary>
    /// The packet is not one this queue can carry, or its <see cref="GsoInfo"/> does not fit it (EINVAL).
    /// </summary>
    Malformed,

    /// <summary>The card is not up (EIO).</summary>
    LinkDown,

    /// <summary>No room just now; a later packet may be taken (EAGAIN, ENOBUFS, ENOMEM).</summary>
    QueueFull,

    /// <summary>
    /// The card was deleted, the queue detached, or the other end of a pair closed (EBADFD).
    /// </summary>
    Gone,

    /// <summary>Refused for any other reason.</summary>
    Refused,
}
