// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Linux.Interop;

/// <summary>Walks over the control messages of a received message (cmsg(3)).</summary>
/// <remarks>
/// <code>
/// | cmsg_len 8 | cmsg_level 4 | cmsg_type 4 | data, padded to 8 | next …
/// </code>
/// </remarks>
internal unsafe ref struct ControlMessages
{
    internal const int HeaderSize = 16;

    private byte* _next;
    private readonly byte* _end;

    internal ControlMessages(in Libc.msghdr message)
    {
        _next = (byte*)message.msg_control;
        _end = _next + message.msg_controllen;
        Current = default;
    }

    public ControlMessage Current { get; private set; }

    public readonly ControlMessages GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_end - _next < HeaderSize)
            return false;
        Libc.cmsghdr* header = (Libc.cmsghdr*)_next;
        long length = (long)header->cmsg_len;
        if (length < HeaderSize || length > _end - _next)
            return false;
        Current = new()
        {
            Level = header->cmsg_level,
            Type = header->cmsg_type,
            Data = _next + HeaderSize,
            Length = (int)length - HeaderSize,
        };
        _next += Space((int)length - HeaderSize);
        return true;
    }

    /// <summary>CMSG_SPACE: bytes that data of a length takes with its header.</summary>
    internal static int Space(int length) => HeaderSize + ((length + 7) & -8);

    /// <summary>Writes the header of a control message and gives the place of its data.</summary>
    internal static byte* Put(byte* at, int level, int type, int length)
    {
        *(Libc.cmsghdr*)at = new() { cmsg_len = (nuint)(HeaderSize + length), cmsg_level = level, cmsg_type = type };
        return at + HeaderSize;
    }
}
