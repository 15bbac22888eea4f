// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Tunbridge.Linux;

namespace Tunbridge.Netlink.Wire;

/// <summary>An acknowledgement: the error number and the kernel's words (extended acknowledgement).</summary>
/// <remarks>
/// <code>
/// NLMSG_ERROR:  | error (negative errno) | header of the request | request, unless NLM_F_CAPPED | attributes |
/// NLMSG_DONE:   | error                  | attributes |
/// </code>
/// Attributes are there with NLM_F_ACK_TLVS only.
/// </remarks>
internal readonly record struct KernelReply
{
    internal Errno Errno { get; init; }

    internal string? Text { get; init; }

    /// <summary>Where in the request the refused attribute starts, or 0.</summary>
    internal uint Offset { get; init; }

    /// <summary>The number of an attribute that is missing, or null.</summary>
    internal ushort? MissingType { get; init; }

    internal static KernelReply Parse(in MessageReader message)
    {
        ReadOnlySpan<byte> payload = message.Payload;
        if (payload.Length < 4)
            return new() { Errno = message.Type == MessageType.NLMSG_ERROR ? Errno.EIO : Errno.None };
        KernelReply reply = new() { Errno = ToErrno(MemoryMarshal.Read<int>(payload)) };
        if (!message.Flags.HasFlag(AcknowledgementFlags.NLM_F_ACK_TLVS))
            return reply;
        int start = 4;
        if (message.Type == MessageType.NLMSG_ERROR)
        {
            if (payload.Length < 4 + WireSize.NlMsgHdr)
                return reply;
            uint requestLength = MemoryMarshal.Read<uint>(payload[4..]);
            bool capped = message.Flags.HasFlag(AcknowledgementFlags.NLM_F_CAPPED);
            long end = 4L + (capped ? WireSize.NlMsgHdr : Math.Max(requestLength, WireSize.NlMsgHdr));
            if (end > payload.Length)
                return reply;
            start = WireSize.Align((int)end);
        }

        return start > payload.Length ? reply : reply.WithAttributes(payload[start..]);
    }

    private KernelReply WithAttributes(ReadOnlySpan<byte> attributes)
    {
        KernelReply reply = this;
        AttributeReader reader = new(attributes);
        while (reader.MoveNext())
        {
            switch ((NlmsgerrAttr)reader.Type)
            {
                case NlmsgerrAttr.NLMSGERR_ATTR_MSG:
                    reply = reply with { Text = reader.Text };
                    break;
                case NlmsgerrAttr.NLMSGERR_ATTR_OFFS:
                    reply = reply with { Offset = reader.UInt32 };
                    break;
                case NlmsgerrAttr.NLMSGERR_ATTR_MISS_TYPE:
                    reply = reply with { MissingType = (ushort)reader.UInt32 };
                    break;
            }
        }

        return reply;
    }

    // int.MinValue has no positive counterpart, and is no error number either.
    private static Errno ToErrno(int error) => error switch
    {
        0 => Errno.None,
        < 0 and > -4096 => (Errno)(-error),
        _ => Errno.EIO,
    };
}
