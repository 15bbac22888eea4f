// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Tunbridge.Netlink.Wire;

/// <summary>Walks over the messages of one datagram in place; bytes that are no message end the walk.</summary>
/// <remarks>
/// <code>
/// 0        4       6       8          12      16
/// | length | type  | flags | sequence | port  | payload, padded to 4 bytes |   length counts the header
/// </code>
/// </remarks>
internal ref struct MessageReader(ReadOnlySpan<byte> datagram)
{
    private ReadOnlySpan<byte> _rest = datagram;

    internal MessageType Type { get; private set; }

    internal MessageFlags Flags { get; private set; }

    internal uint Sequence { get; private set; }

    internal ReadOnlySpan<byte> Payload { get; private set; }

    internal bool MoveNext()
    {
        if (_rest.Length < WireSize.NlMsgHdr)
            return false;
        uint length = MemoryMarshal.Read<uint>(_rest);
        if (length < WireSize.NlMsgHdr || length > (uint)_rest.Length)
            return false;
        Type = (MessageType)MemoryMarshal.Read<ushort>(_rest[4..]);
        Flags = (MessageFlags)MemoryMarshal.Read<ushort>(_rest[6..]);
        Sequence = MemoryMarshal.Read<uint>(_rest[8..]);
        Payload = _rest[WireSize.NlMsgHdr..(int)length];
        _rest = _rest[Math.Min(WireSize.Align((int)length), _rest.Length)..];
        return true;
    }
}
