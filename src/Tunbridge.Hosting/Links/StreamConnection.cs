// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Buffers.Binary;
using Tunbridge.Linux;

namespace Tunbridge.Hosting;

/// <summary>One TCP connection of a link: what waits to be sent, and the beginning of a packet whose end has not come.</summary>
/// <remarks>
/// Sending has a lock of the connection's own; receiving belongs to the link's thread. Buffers exist only while something lies in them.
/// </remarks>
internal sealed class StreamConnection(StreamLink link, StreamSocket socket, in LinkPath path) : IDisposable
{
    internal const int PrefixSize = sizeof(ushort);

    private readonly Lock _lock = new();

    // Guarded by _lock: whole frames, but for the first, whose beginning may have been sent.
    private byte[]? _waiting;
    private int _start;
    private int _end;
    private int _count;
    private int _firstRest;     // bytes of the first frame that have not been sent
    private bool _isClosed;

    private byte[]? _part;      // of a frame, its prefix included
    private int _partLength;

    internal StreamSocket Socket { get; } = socket;

    internal LinkPath Path { get; } = path;

    /// <summary>Connecting is done; the owner has heard.</summary>
    internal bool IsConnected { get; set; }

    /// <summary>This side ended it: its owner need not be told.</summary>
    internal bool IsEndedHere { get; private set; }

    /// <summary>Bytes of so many frames, their prefixes included.</summary>
    internal static int LengthOf(ReadOnlySpan<byte> frames, int count)
    {
        int length = 0;
        for (int i = 0; i < count; i++)
            length += FrameLength(frames[length..]);
        return length;
    }

    /// <summary>Sends frames, and keeps what the kernel has no room for, as far as the limit allows.</summary>
    /// <param name="frames">Whole frames, one after the other.</param>
    /// <param name="count">How many.</param>
    /// <returns>How many were dropped, the last ones.</returns>
    internal int Send(ReadOnlySpan<byte> frames, int count)
    {
        lock (_lock)
        {
            if (_isClosed || !IsConnected)
                return count;
            if (_count == 0)
            {
                Errno errno = Socket.TrySend(frames, out int sent);
                // Other errors end the connection when the link's thread reads.
                if (errno is not (Errno.None or Errno.EAGAIN))
                    return count;
                if (sent == frames.Length)
                    return 0;
                count -= Skip(ref frames, sent);
            }

            return Keep(frames, count);
        }
    }

    /// <summary>Sends what waits, as far as there is room.</summary>
    /// <returns>Whether nothing waits any more.</returns>
    internal bool Drain()
    {
        lock (_lock)
        {
            if (_isClosed || _waiting is null)
                return true;
            Errno errno = Socket.TrySend(_waiting.AsSpan(_start, _end - _start), out int sent);
            if (errno is not (Errno.None or Errno.EAGAIN))
                sent = _end - _start;
            while (sent > 0)
            {
                int part = Math.Min(sent, _firstRest);
                _start += part;
                sent -= part;
                _firstRest -= part;
                if (_firstRest == 0 && --_count > 0)
                    _firstRest = FrameLength(_waiting.AsSpan(_start));
            }

            if (_count > 0)
                return false;
            Return();
            link.Watch(this, writes: false);
            return true;
        }
    }

    /// <summary>Ends the connection; the link's thread finds that out and forgets it.</summary>
    internal void End()
    {
        lock (_lock)
        {
            if (_isClosed)
                return;
            IsEndedHere = true;
            Socket.Shutdown();
        }
    }

    /// <summary>Puts the part of a frame that came before in front of new bytes, and gives its length.</summary>
    internal int TakePart(Span<byte> room)
    {
        int length = _partLength;
        if (length > 0)
        {
            _part.AsSpan(0, length).CopyTo(room);
            _partLength = 0;
            ArrayPool<byte>.Shared.Return(_part!);
            _part = null;
        }

        return length;
    }

    internal void KeepPart(ReadOnlySpan<byte> part)
    {
        if (part.IsEmpty)
            return;
        _part = ArrayPool<byte>.Shared.Rent(part.Length);
        part.CopyTo(_part);
        _partLength = part.Length;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            Return();
            Socket.Dispose();
        }
    }

    // Cuts what was sent off the front and gives how many frames went out whole.
    private int Skip(ref ReadOnlySpan<byte> frames, int sent)
    {
        int whole = 0;
        int length = FrameLength(frames);
        while (sent >= length)
        {
            whole++;
            sent -= length;
            frames = frames[length..];
            length = FrameLength(frames);
        }

        _firstRest = length - sent;
        frames = frames[sent..];
        return whole;
    }

    private int Keep(ReadOnlySpan<byte> frames, int count)
    {
        bool wasEmpty = _count == 0;
        int taken = Math.Min(count, link.Options.QueueLimit - _count);
        if (taken <= 0)
            return count;
        // The front of the first may have gone.
        int length = wasEmpty ? _firstRest + LengthOf(frames[_firstRest..], taken - 1) : LengthOf(frames, taken);
        if (wasEmpty)
        {
            _waiting = ArrayPool<byte>.Shared.Rent(Math.Max(length, link.Options.QueueLimit * (link.Options.MaximumPacket + PrefixSize)));
            _start = _end = 0;
        }

        // Frames beyond MaximumPacket, of a card whose MTU somebody has raised: there is no room for as many of them.
        if (_waiting!.Length - (_end - _start) < length)
            return count;
        if (_waiting.Length - _end < length)
        {
            _waiting.AsSpan(_start, _end - _start).CopyTo(_waiting);
            _end -= _start;
            _start = 0;
        }

        frames[..length].CopyTo(_waiting.AsSpan(_end));
        _end += length;
        _count += taken;
        if (wasEmpty)
            link.Watch(this, writes: true);
        return count - taken;
    }

    private void Return()
    {
        if (_waiting is not null)
            ArrayPool<byte>.Shared.Return(_waiting);
        _waiting = null;
        _count = _firstRest = 0;
    }

    private static int FrameLength(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt16BigEndian(frame) + PrefixSize;
}
