// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace Tunbridge.Netlink.Wire;

/// <summary>Walks over attributes in place; bytes that are no attribute end the walk, nothing ever throws.</summary>
/// <remarks>
/// <code>
/// 0        2        4
/// | length | type   | value, padded to 4 bytes |      length counts the header, not the padding
/// </code>
/// The two highest bits of the type are flags (nested, network byte order). Typed values of the wrong length are zero
/// or null.
/// </remarks>
internal ref struct AttributeReader(ReadOnlySpan<byte> bytes)
{
    private const int TypeMask = 0x3fff;

    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>The attribute's number, without flags.</summary>
    internal ushort Type { get; private set; }

    /// <summary>The value's bytes.</summary>
    internal ReadOnlySpan<byte> Value { get; private set; }

    internal bool MoveNext()
    {
        if (_rest.Length < WireSize.NlAttr)
            return false;
        int length = MemoryMarshal.Read<ushort>(_rest);
        if (length < WireSize.NlAttr || length > _rest.Length)
            return false;
        Type = (ushort)(MemoryMarshal.Read<ushort>(_rest[2..]) & TypeMask);
        Value = _rest[WireSize.NlAttr..length];
        // The padding of the last attribute may be missing.
        _rest = _rest[Math.Min(WireSize.Align(length), _rest.Length)..];
        return true;
    }

    /// <summary>The attributes inside this one.</summary>
    internal readonly AttributeReader Nested => new(Value);

    internal readonly byte Byte => Value.Length >= 1 ? Value[0] : (byte)0;

    internal readonly bool Flag => Byte != 0;

    internal readonly ushort UInt16 => Value.Length >= 2 ? MemoryMarshal.Read<ushort>(Value) : (ushort)0;

    internal readonly uint UInt32 => Value.Length >= 4 ? MemoryMarshal.Read<uint>(Value) : 0;

    internal readonly int Int32 => (int)UInt32;

    internal readonly ulong UInt64 => Value.Length >= 8 ? MemoryMarshal.Read<ulong>(Value) : 0;

    /// <summary>Text up to the first zero byte.</summary>
    internal readonly string Text
    {
        get
        {
            int end = Value.IndexOf((byte)0);
            return Encoding.UTF8.GetString(end < 0 ? Value : Value[..end]);
        }
    }

    internal readonly IPAddress? Address => ToAddress(Value);

    internal static IPAddress? ToAddress(ReadOnlySpan<byte> value) =>
        value.Length is 4 or 16 ? new IPAddress(value) : null;
}
