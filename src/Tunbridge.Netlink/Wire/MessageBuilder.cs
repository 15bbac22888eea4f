// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Tunbridge.Netlink.Wire;

/// <summary>Writes netlink messages, one after another, into a pooled buffer that grows and is used again.</summary>
/// <remarks>
/// Values are in the byte order of the machine, as netlink wants them. Not thread-safe. Nested attributes are closed
/// with the position that opening them gave.
/// </remarks>
internal sealed class MessageBuilder : IDisposable
{
    private const ushort NestedFlag = 0x8000;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(4096);
    private int _messageStart;

    /// <summary>The bytes written since <see cref="Clear"/>.</summary>
    internal int Length { get; private set; }

    internal ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    internal Span<byte> Slice(int start, int length) => _buffer.AsSpan(0, Length).Slice(start, length);

    internal void Clear() => Length = 0;

    /// <summary>Starts a message; the sequence number is filled in when it is sent.</summary>
    internal void Begin(MessageType type, MessageFlags flags)
    {
        _messageStart = Length;
        Span<byte> header = Reserve(WireSize.NlMsgHdr);
        Write(header[4..], (ushort)type);
        Write(header[6..], (ushort)(flags | MessageFlags.NLM_F_REQUEST));
    }

    /// <summary>Ends the message: its length is now known.</summary>
    internal void End() => Write(_buffer.AsSpan(_messageStart), (uint)(Length - _messageStart));

    /// <summary>Gives zeroed room for a fixed structure.</summary>
    internal Span<byte> Reserve(int size)
    {
        int aligned = WireSize.Align(size);
        if (Length + aligned > _buffer.Length)
            Grow(Length + aligned);
        Span<byte> span = _buffer.AsSpan(Length, aligned);
        span.Clear();
        Length += aligned;
        return span[..size];
    }

    internal void Bytes<TAttribute>(TAttribute type, ReadOnlySpan<byte> value)
        where TAttribute : struct, Enum => value.CopyTo(Attribute(type, value.Length));

    internal void Byte<TAttribute>(TAttribute type, byte value)
        where TAttribute : struct, Enum => Attribute(type, 1)[0] = value;

    internal void UInt16<TAttribute>(TAttribute type, ushort value)
        where TAttribute : struct, Enum => Write(Attribute(type, 2), value);

    internal void UInt32<TAttribute>(TAttribute type, uint value)
        where TAttribute : struct, Enum => Write(Attribute(type, 4), value);

    internal void Text<TAttribute>(TAttribute type, string value)
        where TAttribute : struct, Enum
    {
        // The terminator is part of the value; room is zeroed already.
        Span<byte> room = Attribute(type, Encoding.UTF8.GetByteCount(value) + 1);
        Encoding.UTF8.GetBytes(value, room);
    }

    internal void Address<TAttribute>(TAttribute type, IPAddress value)
        where TAttribute : struct, Enum
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, out int length);
        Bytes(type, bytes[..length]);
    }

    internal void Hardware<TAttribute>(TAttribute type, HardwareAddress value)
        where TAttribute : struct, Enum
    {
        Span<byte> bytes = stackalloc byte[HardwareAddress.MaximumLength];
        Bytes(type, bytes[..value.CopyTo(bytes)]);
    }

    /// <summary>Opens an attribute that holds attributes.</summary>
    /// <returns>What <see cref="EndNested"/> wants.</returns>
    internal int BeginNested<TAttribute>(TAttribute type)
        where TAttribute : struct, Enum => BeginNested(Unsafe.BitCast<TAttribute, ushort>(type));

    internal int BeginNested(ushort type)
    {
        int start = Length;
        Attribute((ushort)(type | NestedFlag), 0);
        return start;
    }

    internal void EndNested(int start) => Write(_buffer.AsSpan(start), (ushort)(Length - start));

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        Length = 0;
    }

    internal static void Write<T>(Span<byte> destination, T value)
        where T : unmanaged => MemoryMarshal.Write(destination, in value);

    private Span<byte> Attribute<TAttribute>(TAttribute type, int length)
        where TAttribute : struct, Enum => Attribute(Unsafe.BitCast<TAttribute, ushort>(type), length);

    private Span<byte> Attribute(ushort type, int length)
    {
        int total = WireSize.NlAttr + length;
        if (total > ushort.MaxValue)
            throw new ArgumentException($"a value of {length} bytes does not fit into a netlink attribute");
        Span<byte> span = Reserve(total);
        Write(span, (ushort)total);
        Write(span[2..], type);
        return span[WireSize.NlAttr..];
    }

    private void Grow(int needed)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _buffer.Length * 2));
        _buffer.AsSpan(0, Length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
