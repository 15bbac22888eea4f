// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Netlink.Wire;

namespace Tunbridge.Netlink;

public sealed partial class RouteNetlink
{
    // The kernel fills datagrams of a dump up to 32 KiB at most when the buffer allows it.
    private const int InitialReceiveSize = 64 * 1024;
    private const int MaximumReceiveSize = 16 * 1024 * 1024;

    private readonly Lock _lock = new();

    // Guarded by _lock.
    private readonly MessageBuilder _builder = new();
    private byte[] _receive = new byte[InitialReceiveSize];
    private uint _sequence;
    private bool _disposed;

    /// <summary>Parses one object of a dump or answer; null when the bytes are no such object.</summary>
    internal delegate TRecord? RecordParser<TRecord>(ReadOnlySpan<byte> payload)
        where TRecord : class;

    private enum Arrival
    {
        /// <summary>A datagram is in the buffer.</summary>
        Whole,

        /// <summary>It did not fit; the buffer is larger now, the datagram is gone.</summary>
        Cut,

        /// <summary>The kernel ran out of room for an answer, and nothing more is to come.</summary>
        Lost,
    }

    /// <inheritdoc/>
    void IRequestSink.Submit<T>(
        MessageType type, MessageFlags flags, RequestTarget target, T state, Action<MessageBuilder, T> encode)
    {
        byte[] request;
        KernelReply reply;
        lock (_lock)
        {
            uint sequence = Send(type, flags | MessageFlags.NLM_F_ACK, state, encode);
            reply = ReceiveAcknowledgement(sequence);
            if (reply.Errno == Errno.None)
                return;
            request = _builder.Written.ToArray();
        }

        throw NetlinkErrors.Create(type, request, target.Describe(NameOf), reply);
    }

    /// <summary>Asks for one object.</summary>
    /// <returns>Null when the kernel answers with the error that means that there is none.</returns>
    internal TRecord? Query<TRecord, T>(
        MessageType type, MessageFlags flags, RequestTarget target, Errno absent, T state, Action<MessageBuilder, T> encode,
        RecordParser<TRecord> parse)
        where TRecord : class
    {
        byte[] request;
        KernelReply reply;
        lock (_lock)
        {
            TRecord? record;
            while (!TryQuery(type, flags, state, encode, parse, out record, out reply))
            {
                // The answer did not fit; the buffer has grown.
            }

            if (reply.Errno == Errno.None)
                return record;
            request = _builder.Written.ToArray();
        }

        return reply.Errno == absent && absent != Errno.None
            ? null
            : throw NetlinkErrors.Create(type, request, target.Describe(NameOf), reply);
    }

    private bool TryQuery<TRecord, T>(
        MessageType type, MessageFlags flags, T state, Action<MessageBuilder, T> encode, RecordParser<TRecord> parse,
        out TRecord? record, out KernelReply reply)
        where TRecord : class
    {
        uint sequence = Send(type, flags, state, encode);
        record = null;
        reply = default;
        while (true)
        {
            switch (Receive(out int length))
            {
                case Arrival.Cut:
                    return false;
                case Arrival.Lost:
                    reply = new KernelReply { Errno = Errno.ENOBUFS };
                    return true;
            }

            MessageReader reader = new(_receive.AsSpan(0, length));
            while (reader.MoveNext())
            {
                if (reader.Sequence != sequence)
                    continue;
                if (reader.Type == MessageType.NLMSG_ERROR)
                    reply = KernelReply.Parse(reader);
                else
                    record = parse(reader.Payload);
                return true;
            }
        }
    }

    private uint Send<T>(MessageType type, MessageFlags flags, T state, Action<MessageBuilder, T> encode)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _builder.Clear();
        _builder.Begin(type, flags);
        encode(_builder, state);
        _builder.End();
        uint sequence = ++_sequence;
        MessageBuilder.Write(_builder.Slice(8, 4), sequence);
        _socket.Send(_builder.Written);
        return sequence;
    }

    private KernelReply ReceiveAcknowledgement(uint sequence)
    {
        while (true)
        {
            Arrival arrival = Receive(out int length);
            if (arrival == Arrival.Lost)
                return new KernelReply { Errno = Errno.ENOBUFS };
            if (arrival == Arrival.Cut)
                continue;
            MessageReader reader = new(_receive.AsSpan(0, length));
            while (reader.MoveNext())
            {
                if (reader.Sequence == sequence && reader.Type == MessageType.NLMSG_ERROR)
                    return KernelReply.Parse(reader);
            }
        }
    }

    /// <summary>Receives one datagram into the buffer, waiting for it.</summary>
    private Arrival Receive(out int length)
    {
        bool lost = false;
        while (true)
        {
            Errno errno = _socket.TryReceive(_receive, out length);
            switch (errno)
            {
                case Errno.None when length <= _receive.Length:
                    return Arrival.Whole;
                case Errno.None:
                    // No dump or answer of rtnetlink comes near the limit; beyond it the entry is given up.
                    _receive = new byte[Math.Min(MaximumReceiveSize, Math.Max(length, _receive.Length * 2))];
                    return Arrival.Cut;
                case Errno.EAGAIN when lost:
                    return Arrival.Lost;
                case Errno.EAGAIN:
                    _socket.Wait();
                    break;
                case Errno.ENOBUFS:
                    // What was queued before is still there; only when it is drained nothing more will come.
                    lost = true;
                    break;
                default:
                    throw LinuxException.Create(errno, "recv", "NETLINK_ROUTE");
            }
        }
    }
}
