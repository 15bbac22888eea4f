// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

/// <summary>
/// A queue in memory did not take a packet; a card throws its own exception, which is an
/// <see cref="IOException"/> too.
/// </summary>
public sealed class PacketRefusedException : IOException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="status">Why the packet was refused.</param>
    public PacketRefusedException(PacketWriteStatus status)
        : base(Describe(status)) => Status = status;

    /// <summary>Why the packet was refused.</summary>
    public PacketWriteStatus Status { get; }

    private static string Describe(PacketWriteStatus status) => status switch
    {
        PacketWriteStatus.Malformed =>
            "The packet was refused: it is not one this queue can carry, or its GsoInfo does not fit it.",
        PacketWriteStatus.LinkDown => "The packet was refused: the link is down.",
        PacketWriteStatus.QueueFull => "The packet was dropped: the queue is full because the other end does not read.",
        PacketWriteStatus.Gone => "The packet was refused: the other end is closed.",
        _ => "The packet was refused.",
    };
}
