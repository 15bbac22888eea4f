// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;

namespace Tunbridge.Packets;

/// <summary>
/// Turns addresses between the plain numbers that views and builders use (most significant byte first on
/// the wire, so 192.168.0.1 is 0xC0A80001) and <see cref="IPAddress"/>. The conversions to
/// <see cref="IPAddress"/> allocate: they are for set-up and display, not for the packet path.
/// </summary>
public static class IpAddressExtensions
{
    /// <summary>The IPv4 address as a number.</summary>
    /// <exception cref="ArgumentException">The address is not IPv4.</exception>
    public static uint ToUInt32(this IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[4];
        if (!address.TryWriteBytes(bytes, out _))
        {
            throw new ArgumentException($"{address} is not an IPv4 address.", nameof(address));
        }

        return BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    /// <summary>The IPv6 address as a number; its scope is dropped.</summary>
    /// <exception cref="ArgumentException">The address is not IPv6.</exception>
    public static UInt128 ToUInt128(this IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[16];
        if (!address.TryWriteBytes(bytes, out int written) || written != bytes.Length)
        {
            throw new ArgumentException($"{address} is not an IPv6 address.", nameof(address));
        }

        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    /// <summary>The number as an IPv4 address.</summary>
    public static IPAddress ToIPAddress(this uint address)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, address);
        return new IPAddress(bytes);
    }

    /// <summary>The number as an IPv6 address without a scope.</summary>
    public static IPAddress ToIPAddress(this UInt128 address)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, address);
        return new IPAddress(bytes);
    }

    /// <summary>
    /// The solicited-node multicast address ff02::1:ffXX:XXXX of an IPv6 address (RFC 4291 section 2.7.1).
    /// </summary>
    public static UInt128 ToSolicitedNodeAddress(this UInt128 address) =>
        new UInt128(0xFF02_0000_0000_0000, 0x0000_0001_FF00_0000) | (address & 0xFF_FFFF);

    /// <summary>The address is an IPv6 multicast address, ff00::/8 (RFC 4291 section 2.7).</summary>
    public static bool IsIpv6Multicast(this UInt128 address) => address >> 120 == 0xFF;

    /// <summary>The address is an IPv4 multicast address, 224.0.0.0/4 (RFC 5771).</summary>
    public static bool IsIpv4Multicast(this uint address) => address >> 28 == 0xE;
}
