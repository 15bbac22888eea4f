// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Tunnels;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.OpenVpn.Wire;

/// <summary>Tells OpenVPN's data from its control packets by the first byte.</summary>
public sealed class OpenVpnClassifier : IDatagramClassifier
{
    private const uint NoPeerId = 0xff_ffff;

    private OpenVpnClassifier()
    {
    }

    /// <summary>The classifier; it has no state.</summary>
    public static OpenVpnClassifier Instance { get; } = new();

    /// <summary>Classifies a datagram: DATA_V2 by its peer id, unless that is the one that means none; DATA_V1 by address.</summary>
    /// <param name="datagram">What came; unauthenticated.</param>
    /// <param name="index">The peer id of DATA_V2.</param>
    /// <returns>What to do with it; <see cref="DatagramClass.Unknown"/> for opcodes other than 3 to 11, and for nothing.</returns>
    public DatagramClass Classify(ReadOnlySpan<byte> datagram, out uint index)
    {
        index = 0;
        if (!PacketHead.TryRead(datagram, out PacketHead head))
            return DatagramClass.Unknown;
        if (!head.IsData)
            return DatagramClass.Control;
        if (head.Opcode == Opcode.DataV1)
            return DatagramClass.DataByAddress;
        if (datagram.Length < sizeof(uint))
            return DatagramClass.Unknown;
        index = ReadUInt32BigEndian(datagram) & NoPeerId;
        return index == NoPeerId ? DatagramClass.DataByAddress : DatagramClass.DataByIndex;
    }
}
