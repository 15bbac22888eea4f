// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Numerics;

namespace Tunbridge.OpenVpn.Settings;

/// <summary>Addresses, masks and networks as the configuration language writes them.</summary>
internal static class NetworkText
{
    private const int BytesOfV4 = 4;

    private static readonly SearchValues<char> s_digitsAndDot = SearchValues.Create("0123456789.");

    internal static bool IsV4(IPAddress address) => TryNumber(address, out _);

    /// <summary>An IPv4 address as a number; false for one of IPv6.</summary>
    internal static bool TryNumber(IPAddress address, out uint number)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        number = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        return length == BytesOfV4;
    }

    internal static IPAddress FromNumber(uint number)
    {
        Span<byte> bytes = stackalloc byte[BytesOfV4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return new IPAddress(bytes);
    }

    internal static UInt128 NumberV6(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return address.TryWriteBytes(bytes, out int length) && length == bytes.Length ? BinaryPrimitives.ReadUInt128BigEndian(bytes) : 0;
    }

    internal static IPAddress FromNumberV6(UInt128 number)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return new IPAddress(bytes);
    }

    /// <summary>Four numbers and three dots: not what the C library takes beside that.</summary>
    internal static bool TryV4(string? text, out IPAddress address)
    {
        address = IPAddress.Any;
        if (text is null || text.Length > 15 || text.AsSpan().Count('.') != 3 || text.AsSpan().ContainsAnyExcept(s_digitsAndDot) ||
            !IPAddress.TryParse(text, out IPAddress? parsed))
            return false;
        address = parsed;
        return true;
    }

    internal static bool TryV6(string? text, out IPAddress address)
    {
        address = IPAddress.IPv6Any;
        if (text is null || !text.Contains(':', StringComparison.Ordinal) || text.AsSpan().ContainsAny("[]%/") ||
            !IPAddress.TryParse(text, out IPAddress? parsed) || IsV4(parsed))
            return false;
        address = parsed;
        return true;
    }

    /// <summary>A mask of ones, then zeros.</summary>
    internal static bool TryMask(string? text, out int prefixLength)
    {
        prefixLength = 0;
        // The zeros behind the ones, plus one, are a power of two.
        if (!TryV4(text, out IPAddress address) || !TryNumber(address, out uint mask) || (~mask & unchecked(~mask + 1)) != 0)
            return false;
        prefixLength = BitOperations.PopCount(mask);
        return true;
    }

    internal static uint Mask(int prefixLength) => prefixLength == 0 ? 0 : uint.MaxValue << (32 - prefixLength);

    /// <summary>ADDRESS/BITS of IPv6; without bits, the address alone when that is allowed.</summary>
    internal static bool TryPrefixV6(string? text, bool needsBits, out IPAddress address, out int prefixLength)
    {
        address = IPAddress.IPv6Any;
        prefixLength = 128;
        if (text is null)
            return false;
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
            return !needsBits && TryV6(text, out address);
        return TryV6(text[..slash], out address) &&
            int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out prefixLength) && prefixLength <= 128;
    }

    /// <summary>The network that an address lies in.</summary>
    internal static IPNetwork NetworkOf(IPAddress address, int prefixLength)
    {
        if (TryNumber(address, out uint number))
            return new IPNetwork(FromNumber(number & Mask(prefixLength)), prefixLength);
        UInt128 mask = prefixLength == 0 ? 0 : UInt128.MaxValue << (128 - prefixLength);
        return new IPNetwork(FromNumberV6(NumberV6(address) & mask), prefixLength);
    }
}
