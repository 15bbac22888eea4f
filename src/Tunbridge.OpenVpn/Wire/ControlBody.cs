// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.OpenVpn.Wire;

/// <summary>
/// What a control packet says once its wrap is off. The view borrows the bytes it was read from.
/// </summary>
internal ref struct ControlBody
{
    // control:  n u8 | n × acked id u32 | remote session id 8, if n > 0 | message id u32 | payload
    // ack:      n u8 | n × acked id u32 | remote session id 8              (n ≥ 1)

    /// <summary>Acknowledgements that any packet may carry; more make the packet worthless.</summary>
    internal const int MaximumAcks = 8;

    /// <summary>Acknowledgements beside a payload: some servers refuse a packet with more.</summary>
    internal const int MaximumAcksWithPayload = 4;

    /// <summary>The acknowledged message ids; the first <see cref="AckCount"/> count.</summary>
    internal AckIds Acks;

    internal int AckCount;

    /// <summary>Whose messages are acknowledged; 0 without acknowledgements.</summary>
    internal ulong RemoteSessionId;

    /// <summary>The number of this message; meaningless in an ACK.</summary>
    internal uint MessageId;

    internal ReadOnlySpan<byte> Payload;

    internal static bool TryRead(Opcode opcode, ReadOnlySpan<byte> bytes, out ControlBody body)
    {
        body = default;
        if (bytes.IsEmpty)
            return false;
        int count = bytes[0];
        if (count > MaximumAcks || (opcode == Opcode.AckV1 && count == 0))
            return false;
        int at = 1;
        if (count > 0)
        {
            if (bytes.Length < 1 + (4 * count) + 8)
                return false;
            for (int i = 0; i < count; i++, at += 4)
                body.Acks[i] = ReadUInt32BigEndian(bytes[at..]);
            body.AckCount = count;
            body.RemoteSessionId = ReadUInt64BigEndian(bytes[at..]);
            at += 8;
        }
        if (opcode == Opcode.AckV1)
            return true;
        if (bytes.Length < at + 4)
            return false;
        body.MessageId = ReadUInt32BigEndian(bytes[at..]);
        body.Payload = bytes[(at + 4)..];
        return true;
    }

    /// <summary>Bytes that <see cref="Write"/> fills.</summary>
    internal static int Length(Opcode opcode, int acks, int payload) =>
        1 + (acks > 0 ? (4 * acks) + 8 : 0) + (opcode == Opcode.AckV1 ? 0 : 4 + payload);

    internal static int Write(Span<byte> destination, Opcode opcode, ReadOnlySpan<uint> acks, ulong remoteSessionId,
        uint messageId, ReadOnlySpan<byte> payload)
    {
        destination[0] = (byte)acks.Length;
        int at = 1;
        foreach (uint id in acks)
        {
            WriteUInt32BigEndian(destination[at..], id);
            at += 4;
        }
        if (!acks.IsEmpty)
        {
            WriteUInt64BigEndian(destination[at..], remoteSessionId);
            at += 8;
        }
        if (opcode == Opcode.AckV1)
            return at;
        WriteUInt32BigEndian(destination[at..], messageId);
        payload.CopyTo(destination[(at + 4)..]);
        return at + 4 + payload.Length;
    }

    /// <summary>Room for the acknowledgements of one packet.</summary>
    [InlineArray(MaximumAcks)]
    internal struct AckIds
    {
        private uint _first;
    }
}
