// SPDX-License-Identifier: Apache-2.0
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.OpenVpn.Tests.Support;

/// <summary>
/// Cuts a TCP stream into packets: each comes after its length in two bytes. There is no way back into step after a wrong
/// length: the connection has to go.
/// </summary>
internal sealed class StreamFrames
{
    // 0        2
    // | length | packet…

    internal const int HeaderSize = 2;

    private readonly byte[] _buffer;
    private int _start;
    private int _end;

    /// <param name="maximumLength">Bytes of the longest packet that is taken.</param>
    internal StreamFrames(int maximumLength) => _buffer = new byte[HeaderSize + maximumLength];

    /// <summary>A length was 0 or too large; nothing more comes out.</summary>
    internal bool IsBroken { get; private set; }

    /// <summary>The length that broke the stream, for the log.</summary>
    internal int BadLength { get; private set; }

    internal int MaximumLength => _buffer.Length - HeaderSize;

    /// <summary>Room for bytes of the stream; ends the life of the packet read before. Never empty after a drained <see cref="TryRead"/>.</summary>
    internal Span<byte> GetSpan()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }
        return _buffer.AsSpan(_end);
    }

    internal void Commit(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_buffer.Length - _end), nameof(count));
        _end += count;
    }

    /// <summary>Gives the next whole packet, which lives until <see cref="GetSpan"/>; false when bytes are missing or the stream is broken.</summary>
    internal bool TryRead(out ReadOnlySpan<byte> packet)
    {
        packet = default;
        if (IsBroken || _end - _start < HeaderSize)
            return false;
        int length = ReadUInt16BigEndian(_buffer.AsSpan(_start));
        if (length == 0 || length > MaximumLength)
        {
            IsBroken = true;
            BadLength = length;
            return false;
        }
        if (_end - _start < HeaderSize + length)
            return false;
        packet = _buffer.AsSpan(_start + HeaderSize, length);
        _start += HeaderSize + length;
        return true;
    }
}
