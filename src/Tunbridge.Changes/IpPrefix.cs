// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Tunbridge.Changes;

/// <summary>An IPv4 or IPv6 address with the length of its prefix, such as 192.168.0.1/24.</summary>
/// <remarks>
/// Host bits are kept, since this is what an interface has; <see cref="Network"/> clears them. Overlap and containment
/// look at the prefix only. A value: equal when address and length are equal.
/// </remarks>
public readonly record struct IpPrefix
{
    // The address from the highest bit on, so that an IPv4 one is the upper half of _high. Not a UInt128: methods that
    // pass one cannot be compiled ahead, and compiling them took a tenth of the time of `up`.
    private readonly ulong _high;
    private readonly ulong _low;
    private readonly byte _length;
    private readonly bool _isIPv6;

    private IpPrefix(ulong high, ulong low, int length, bool isIPv6)
    {
        _high = high;
        _low = low;
        _length = (byte)length;
        _isIPv6 = isIPv6;
    }

    /// <summary>Joins an address and a length.</summary>
    /// <param name="address">The address; a scope id is dropped.</param>
    /// <param name="length">The prefix length, 0 to 32 or 0 to 128.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length does not fit the family.</exception>
    public IpPrefix(IPAddress address, int length)
    {
        ArgumentNullException.ThrowIfNull(address);
        _isIPv6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, _isIPv6 ? 128 : 32);
        (_high, _low) = ToBits(address);
        _length = (byte)length;
    }

    /// <summary>The address with its host bits.</summary>
    public IPAddress Address
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            BinaryPrimitives.WriteUInt64BigEndian(bytes, _high);
            BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], _low);
            return new IPAddress(bytes[..(_isIPv6 ? 16 : 4)]);
        }
    }

    /// <summary>The prefix length in bits.</summary>
    public int Length => _length;

    /// <summary>Whether it is IPv6.</summary>
    public bool IsIPv6 => _isIPv6;

    /// <summary>The bits of an address of this family: 32 or 128.</summary>
    public int Width => _isIPv6 ? 128 : 32;

    /// <summary>The same prefix with the host bits cleared.</summary>
    public IpPrefix Network => new(_high & HighMask, _low & LowMask, _length, _isIPv6);

    /// <summary>Whether it covers every address of its family, as a default route does.</summary>
    public bool IsDefault => _length == 0;

    /// <summary>Whether it lies in fe80::/10, which every card has for itself.</summary>
    public bool IsLinkLocalIPv6 => _isIPv6 && _length >= 10 && _high >> 54 == 0x3fa;

    // A shift by 64 would be one by 0.
    private ulong HighMask => _length == 0 ? 0 : _length >= 64 ? ulong.MaxValue : ulong.MaxValue << (64 - _length);

    private ulong LowMask => _length <= 64 ? 0 : ulong.MaxValue << (128 - _length);

    /// <summary>Whether two prefixes have an address in common; never across families.</summary>
    /// <param name="other">The other prefix.</param>
    public bool Overlaps(IpPrefix other)
    {
        if (_isIPv6 != other._isIPv6)
            return false;
        return ((_high ^ other._high) & HighMask & other.HighMask) == 0 && ((_low ^ other._low) & LowMask & other.LowMask) == 0;
    }

    /// <summary>Whether an address lies in the prefix; never across families.</summary>
    /// <param name="address">The address.</param>
    public bool Contains(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.AddressFamily == AddressFamily.InterNetworkV6 == _isIPv6 &&
            Overlaps(new IpPrefix(address, Width));
    }

    /// <summary>The broadcast address that goes with an IPv4 address of length 1 to 30; else null.</summary>
    public IPAddress? Broadcast =>
        _isIPv6 || _length is 0 or > 30 ? null : new IpPrefix(_high | ~HighMask, 0, 32, false).Address;

    /// <summary>Reads text such as <c>192.168.0.1/24</c> or <c>fd00::1/64</c>.</summary>
    /// <remarks>
    /// Strict: four decimal parts without leading zeros for IPv4 (the C library would read 010 as eight), no scope id,
    /// and the length must be given.
    /// </remarks>
    /// <param name="text">The text.</param>
    /// <param name="prefix">The result.</param>
    public static bool TryParse(string? text, out IpPrefix prefix)
    {
        prefix = default;
        int slash = text?.IndexOf('/') ?? -1;
        if (slash <= 0 || !TryParseAddress(text![..slash], out IPAddress? address))
            return false;
        ReadOnlySpan<char> digits = text.AsSpan(slash + 1);
        int limit = address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32;
        if (digits.Length is 0 or > 3 || (digits.Length > 1 && digits[0] == '0') ||
            !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int length) || length > limit)
            return false;
        prefix = new IpPrefix(address, length);
        return true;
    }

    /// <summary>Reads text such as <c>192.168.0.1/24</c>, as <see cref="TryParse"/> does.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">It is no such text.</exception>
    public static IpPrefix Parse(string text) => TryParse(text, out IpPrefix prefix)
        ? prefix
        : throw new FormatException($"'{text}' is no address with a prefix length, such as 192.168.0.1/24 or fd00::1/64");

    /// <inheritdoc/>
    public bool Equals(IpPrefix other) =>
        _high == other._high && _low == other._low && _length == other._length && _isIPv6 == other._isIPv6;

    /// <inheritdoc/>
    public override int GetHashCode() => (_high ^ (_low * 31) ^ _length).GetHashCode();

    /// <summary>The address, a slash and the length.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Address}/{_length}");

    private static bool TryParseAddress(string text, out IPAddress address)
    {
        address = IPAddress.None;
        if (text.Contains(':'))
            return !text.AsSpan().ContainsAny('%', '[', ']') && IPAddress.TryParse(text, out address!);
        int parts = 0;
        foreach (Range range in text.AsSpan().Split('.'))
        {
            ReadOnlySpan<char> part = text.AsSpan(range);
            if (++parts > 4 || part.Length is 0 or > 3 || (part.Length > 1 && part[0] == '0') ||
                !byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                return false;
        }

        return parts == 4 && IPAddress.TryParse(text, out address!);
    }

    private static (ulong High, ulong Low) ToBits(IPAddress address)
    {
        // Zeroed: an IPv4 address fills four of them.
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        address.TryWriteBytes(bytes, out _);
        return (BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
    }
}
