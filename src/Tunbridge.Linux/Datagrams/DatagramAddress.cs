// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

/// <summary>An IPv4 or IPv6 address with port and scope as a value: a key that costs no allocation.</summary>
/// <remarks>
/// An IPv4-mapped IPv6 address becomes the IPv4 address it stands for, so that a peer has one key whichever socket it
/// is seen by. The default value is no address.
/// </remarks>
public readonly struct DatagramAddress : IEquatable<DatagramAddress>
{
    private const ulong MappedPrefix = 0x0000_ffff; // big-endian bytes 8 to 11 of ::ffff:0:0

    // The address as its bytes lie in memory; IPv4 in the first four bytes of _first.
    private readonly ulong _first;
    private readonly ulong _second;
    private readonly ulong _rest; // scope, port << 32, family << 48: one word, for it is compared with every datagram

    /// <summary>Makes an address.</summary>
    /// <param name="address">The IP address.</param>
    /// <param name="port">The port, 0 to 65,535.</param>
    public DatagramAddress(IPAddress address, int port = 0)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)port, ushort.MaxValue, nameof(port));
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        _ = address.TryWriteBytes(bytes, out _);
        _first = MemoryMarshal.Read<ulong>(bytes);
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            _rest = Rest(Libc.AF_INET, 0, (ushort)port);
            return;
        }

        _second = MemoryMarshal.Read<ulong>(bytes[8..]);
        _rest = Rest(Libc.AF_INET6, (uint)address.ScopeId, (ushort)port);
    }

    /// <summary>Makes an address of what .NET's sockets use.</summary>
    /// <param name="endPoint">The address and port.</param>
    public DatagramAddress(IPEndPoint endPoint)
        : this((endPoint ?? throw new ArgumentNullException(nameof(endPoint))).Address, endPoint.Port)
    {
    }

    private DatagramAddress(ushort family, ulong first, ulong second, uint scope, ushort port)
    {
        _first = first;
        _second = second;
        _rest = Rest(family, scope, port);
    }

    /// <summary>Whether this is no address.</summary>
    public bool IsNone => _rest >> 48 == 0;

    /// <summary>Whether it is an IPv4 address.</summary>
    public bool IsIPv4 => _rest >> 48 == Libc.AF_INET;

    /// <summary>Whether it is an IPv6 address, and not a mapped IPv4 one.</summary>
    public bool IsIPv6 => _rest >> 48 == Libc.AF_INET6;

    /// <summary>The port, 0 for none.</summary>
    public int Port => (ushort)(_rest >> 32);

    /// <summary>The interface that a link-local IPv6 address belongs to, else 0.</summary>
    public int ScopeId => (int)_rest;

    /// <summary>The same address with another port.</summary>
    /// <param name="port">The port, 0 to 65,535.</param>
    public DatagramAddress WithPort(int port)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)port, ushort.MaxValue, nameof(port));
        return new((ushort)(_rest >> 48), _first, _second, (uint)_rest, (ushort)port);
    }

    /// <summary>The IP address as .NET has it; allocates.</summary>
    /// <exception cref="InvalidOperationException">It is no address.</exception>
    public IPAddress ToIPAddress()
    {
        if (IsNone)
            throw new InvalidOperationException("There is no address in it.");
        Span<byte> bytes = stackalloc byte[16];
        MemoryMarshal.Write(bytes, in _first);
        MemoryMarshal.Write(bytes[8..], in _second);
        return IsIPv4 ? new IPAddress(bytes[..4]) : new IPAddress(bytes, (uint)_rest);
    }

    /// <summary>Address and port as .NET's sockets use them; allocates.</summary>
    /// <exception cref="InvalidOperationException">It is no address.</exception>
    public IPEndPoint ToEndPoint() => new(ToIPAddress(), Port);

    /// <inheritdoc/>
    public bool Equals(DatagramAddress other) => Same(this, other);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is DatagramAddress other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_first, _second, _rest);

    /// <summary>The address and port, such as <c>192.0.2.1:1194</c> or <c>[2001:db8::1]:1194</c>.</summary>
    public override string ToString() => IsNone ? "none" : ToEndPoint().ToString();

    /// <summary>Whether both are the same address, port and scope.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(DatagramAddress left, DatagramAddress right) => left.Equals(right);

    /// <summary>Whether they differ in address, port or scope.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(DatagramAddress left, DatagramAddress right) => !left.Equals(right);

    // No branch between the parts: nearly always they are all equal.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool Same(in DatagramAddress left, in DatagramAddress right) =>
        ((left._first ^ right._first) | (left._second ^ right._second) | (left._rest ^ right._rest)) == 0;

    /// <summary>IPv4 bytes as the kernel's 32-bit fields hold them.</summary>
    internal uint RawIPv4 => BitConverter.IsLittleEndian ? (uint)_first : (uint)(_first >> 32);

    /// <summary>The sixteen bytes of the address, IPv4 as mapped.</summary>
    internal Libc.UInt128Bytes RawIPv6 => IsIPv4
        ? new() { Second = FromBigEndian((MappedPrefix << 32) | FromBigEndian32(RawIPv4)) }
        : new() { First = _first, Second = _second };

    internal static DatagramAddress FromIPv4(uint raw, ushort port = 0) =>
        new(Libc.AF_INET, BitConverter.IsLittleEndian ? raw : (ulong)raw << 32, 0, 0, port);

    internal static DatagramAddress FromIPv6(in Libc.UInt128Bytes raw, uint scope, ushort port = 0)
    {
        ulong low = FromBigEndian(raw.Second);
        return raw.First == 0 && low >> 32 == MappedPrefix
            ? FromIPv4(FromBigEndian32((uint)low), port)
            : new(Libc.AF_INET6, raw.First, raw.Second, scope, port);
    }

    /// <summary>The address that a socket is bound to (getsockname).</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal static unsafe DatagramAddress OfSocket(FileDescriptor socket, string target)
    {
        byte* address = stackalloc byte[sizeof(Libc.sockaddr_in6)];
        uint length = (uint)sizeof(Libc.sockaddr_in6);
        using FileDescriptor.Borrow borrow = new(socket);
        return Libc.getsockname(borrow.Number, address, &length) == 0
            ? Read(address, length)
            : throw new LinuxException(Libc.LastErrno, "getsockname", target);
    }

    /// <summary>Reads what the kernel wrote; no address for other families.</summary>
    internal static unsafe DatagramAddress Read(byte* address, uint length)
    {
        ushort family = length >= sizeof(ushort) ? *(ushort*)address : (ushort)0;
        if (family == Libc.AF_INET && length >= sizeof(Libc.sockaddr_in))
        {
            Libc.sockaddr_in* v4 = (Libc.sockaddr_in*)address;
            return FromIPv4(v4->sin_addr, FromBigEndian16(v4->sin_port));
        }

        if (family == Libc.AF_INET6 && length >= sizeof(Libc.sockaddr_in6))
        {
            Libc.sockaddr_in6* v6 = (Libc.sockaddr_in6*)address;
            return FromIPv6(v6->sin6_addr, v6->sin6_scope_id, FromBigEndian16(v6->sin6_port));
        }

        return default;
    }

    /// <summary>Writes the kernel's form for a socket of the given family and gives its length.</summary>
    /// <remarks>An IPv6 address stays one for an IPv4 socket: the kernel then refuses it by name.</remarks>
    internal unsafe uint Write(byte* address, bool socketIsIPv6)
    {
        if (socketIsIPv6 || IsIPv6)
        {
            *(Libc.sockaddr_in6*)address = new()
            {
                sin6_family = Libc.AF_INET6,
                sin6_port = FromBigEndian16((ushort)Port),
                sin6_addr = RawIPv6,
                sin6_scope_id = (uint)_rest,
            };
            return (uint)sizeof(Libc.sockaddr_in6);
        }

        *(Libc.sockaddr_in*)address = new()
        {
            sin_family = Libc.AF_INET,
            sin_port = FromBigEndian16((ushort)Port),
            sin_addr = RawIPv4,
        };
        return (uint)sizeof(Libc.sockaddr_in);
    }

    private static ulong Rest(ushort family, uint scope, ushort port) =>
        scope | ((ulong)port << 32) | ((ulong)family << 48);

    private static ushort FromBigEndian16(ushort value) =>
        BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;

    private static uint FromBigEndian32(uint value) =>
        BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;

    private static ulong FromBigEndian(ulong value) =>
        BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;
}
