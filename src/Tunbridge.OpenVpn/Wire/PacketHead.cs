// SPDX-License-Identifier: Apache-2.0
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.OpenVpn.Wire;

/// <summary>The first byte of every packet: <c>opcode &lt;&lt; 3 | key id</c>.</summary>
internal readonly record struct PacketHead(Opcode Opcode, byte KeyId)
{
    /// <summary>Bytes of a control packet before its wrap: first byte and session id.</summary>
    internal const int ControlSize = 9;

    internal bool IsData => Opcode is Opcode.DataV1 or Opcode.DataV2;

    internal bool IsHardReset => Opcode is Opcode.HardResetClientV2 or Opcode.HardResetServerV2 or Opcode.HardResetClientV3;

    internal bool CarriesWrappedKey => Opcode is Opcode.HardResetClientV3 or Opcode.ControlWkcV1;

    internal byte ToByte() => (byte)(((int)Opcode << 3) | KeyId);

    /// <summary>Reads the first byte; false for none, for opcodes other than 3 to 11, and for a hard reset with a key id.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> packet, out PacketHead head)
    {
        head = default;
        if (packet.IsEmpty || packet[0] >> 3 is < (int)Opcode.SoftResetV1 or > (int)Opcode.ControlWkcV1)
            return false;
        head = new PacketHead((Opcode)(packet[0] >> 3), (byte)(packet[0] & 7));
        return !head.IsHardReset || head.KeyId == 0;
    }

    /// <summary>Reads first byte and session id of a control packet; false for data, short packets and a zero session id.</summary>
    internal static bool TryReadControl(ReadOnlySpan<byte> packet, out PacketHead head, out ulong sessionId)
    {
        sessionId = 0;
        if (!TryRead(packet, out head) || head.IsData || packet.Length < ControlSize)
            return false;
        sessionId = ReadUInt64BigEndian(packet[1..]);
        return sessionId != 0;
    }

    internal void WriteControl(Span<byte> destination, ulong sessionId)
    {
        destination[0] = ToByte();
        WriteUInt64BigEndian(destination[1..], sessionId);
    }
}
