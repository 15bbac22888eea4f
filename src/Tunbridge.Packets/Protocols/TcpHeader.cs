// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

/// <summary>
/// What a TCP header says apart from its options, as the builder wants it and a view can give it (RFC 9293
/// section 3.1).
/// </summary>
public readonly record struct TcpHeader
{
    /// <summary>The sender's port.</summary>
    public required ushort SourcePort { get; init; }

    /// <summary>The receiver's port.</summary>
    public required ushort DestinationPort { get; init; }

    /// <summary>The number of the first byte of the payload, or of the SYN.</summary>
    public uint SequenceNumber { get; init; }

    /// <summary>The next number the sender expects; meant when <see cref="TcpFlags.Ack"/> is set.</summary>
    public uint AcknowledgmentNumber { get; init; }

    /// <summary>The control bits.</summary>
    public TcpFlags Flags { get; init; }

    /// <summary>The receive window, before scaling.</summary>
    public ushort WindowSize { get; init; }

    /// <summary>Where urgent data ends; meant when <see cref="TcpFlags.Urg"/> is set.</summary>
    public ushort UrgentPointer { get; init; }
}
