// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

/// <summary>What sendmmsg(2) is given, and how far it has come.</summary>
public sealed unsafe partial class DatagramSendBatch
{
    // sockaddr_in6 (28), then segment size (CMSG_SPACE(2) = 24) and in6_pktinfo (CMSG_SPACE(20) = 40).
    private const int AddressSize = 32;
    private const int SideSize = 96;

    private readonly Libc.mmsghdr[] _headers; // pinned, as the next two
    private readonly Libc.iovec[] _single; // of messages sent datagram by datagram
    private readonly byte[] _side;
    private readonly Position[] _after; // where the batch stands once the n-th header is sent
    private Position _next;
    private int _plainMessage = -1;

    /// <summary>Whether the first header made is a message of several datagrams.</summary>
    internal bool FirstIsSegmented => _after[0].Datagrams > 1;

    internal DatagramAddress FirstRemote => _messages[_next.Message].Path.Remote;

    internal int FirstSegmentSize => _messages[_next.Message].SegmentSize;

    /// <summary>Describes what comes next for the kernel.</summary>
    /// <param name="segmentation">Which peers take runs.</param>
    /// <param name="socketIsIPv6">The socket's family.</param>
    /// <returns>How many headers were made; 0 when everything is sent.</returns>
    internal int Fill(SegmentationState segmentation, bool socketIsIPv6)
    {
        Position position = _next;
        int n = 0;
        fixed (Libc.mmsghdr* headers = _headers)
        fixed (Libc.iovec* vectors = _vectors, single = _single)
        fixed (byte* side = _side)
        {
            for (; n < MaximumMessages && position.Message < _messageCount; n++)
            {
                ref readonly Message message = ref _messages[position.Message];
                bool begun = position.Vector != message.FirstVector || position.Offset != 0;
                int datagrams = message.Datagrams, endVector = EndVector(position.Message);
                bool plain = datagrams > 1 &&
                    (begun || position.Message == _plainMessage ||
                    segmentation.IsPlain(message.Path.Remote, message.SegmentSize));
                byte* control = side + (n * SideSize) + AddressSize;
                int controlSize = 0;
                ref Libc.msghdr header = ref headers[n].msg_hdr;
                if (plain)
                {
                    Cut(ref position, message.SegmentSize, endVector, vectors, single + n);
                    header.msg_iov = single + n;
                    header.msg_iovlen = 1;
                }
                else
                {
                    header.msg_iov = vectors + message.FirstVector;
                    header.msg_iovlen = (nuint)(endVector - message.FirstVector);
                    position.Bytes = message.Length;
                    position.Datagrams = datagrams;
                    position.Message++;
                    position.Vector = endVector;
                    if (datagrams > 1)
                    {
                        *(ushort*)ControlMessages.Put(control, Libc.SOL_UDP, Libc.UDP_SEGMENT, sizeof(ushort)) =
                            (ushort)message.SegmentSize;
                        controlSize = ControlMessages.Space(sizeof(ushort));
                    }
                }

                controlSize += PathControl.Write(message.Path, socketIsIPv6, control + controlSize);
                header.msg_control = controlSize == 0 ? null : control;
                header.msg_controllen = (nuint)controlSize;
                byte* address = side + (n * SideSize);
                header.msg_name = message.Path.Remote.IsNone ? null : address;
                header.msg_namelen = header.msg_name == null ? 0 : message.Path.Remote.Write(address, socketIsIPv6);
                header.msg_flags = 0;
                _after[n] = position;
            }
        }

        return n;
    }

    /// <summary>Hands the described headers to the kernel.</summary>
    internal int Send(int fd, int count)
    {
        fixed (Libc.mmsghdr* headers = _headers)
            return Libc.sendmmsg(fd, headers, (uint)count, Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL);
    }

    /// <summary>Moves on behind the first headers.</summary>
    internal void Done(int count, out long datagrams, out long bytes)
    {
        datagrams = 0;
        bytes = 0;
        for (int i = 0; i < count; i++)
        {
            datagrams += _after[i].Datagrams;
            bytes += _after[i].Bytes;
        }

        _next = _after[count - 1];
    }

    /// <summary>Has the next message go out datagram by datagram.</summary>
    internal void SendPlainly() => _plainMessage = _next.Message;

    // The next datagram of a message; each lies in one vector, because vectors are joined of whole datagrams.
    private static void Cut(
        ref Position position, int segmentSize, int endVector, Libc.iovec* vectors, Libc.iovec* result)
    {
        Libc.iovec* vector = vectors + position.Vector;
        int length = Math.Min(segmentSize, (int)vector->iov_len - position.Offset);
        *result = new() { iov_base = (byte*)vector->iov_base + position.Offset, iov_len = (nuint)length };
        position.Bytes = length;
        position.Datagrams = 1;
        position.Offset += length;
        if (position.Offset < (int)vector->iov_len)
            return;
        position.Offset = 0;
        position.Vector++;
        if (position.Vector == endVector)
            position.Message++;
    }

    private struct Position
    {
        internal int Message;
        internal int Vector;
        internal int Offset;

        // Of the header that led here.
        internal int Bytes;
        internal int Datagrams;
    }
}
