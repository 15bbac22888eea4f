// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Runtime.InteropServices;

namespace Tunbridge.Netlink;

/// <summary>A link-layer address of up to 32 bytes: a MAC address on Ethernet, nothing on a TUN card.</summary>
/// <remarks>
/// A value: equal when length and bytes are equal. Its text is lower-case pairs with colons, as ip shows it.
/// </remarks>
public readonly record struct HardwareAddress
{
    /// <summary>The kernel's MAX_ADDR_LEN, in bytes.</summary>
    public const int MaximumLength = 32;

    // Four words instead of an inline array: the record's generated equality compares them by value.
    private readonly ulong _a, _b, _c, _d;
    private readonly byte _length;

    /// <summary>Copies an address.</summary>
    /// <param name="bytes">Its bytes, in the order of the wire.</param>
    /// <exception cref="ArgumentException">More than <see cref="MaximumLength"/> bytes.</exception>
    public HardwareAddress(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaximumLength)
        {
            throw new ArgumentException(
                $"a link-layer address has at most {MaximumLength} bytes, not {bytes.Length}", nameof(bytes));
        }

        Span<ulong> words = stackalloc ulong[4];
        bytes.CopyTo(MemoryMarshal.AsBytes(words));
        (_a, _b, _c, _d) = (words[0], words[1], words[2], words[3]);
        _length = (byte)bytes.Length;
    }

    /// <summary>How many bytes it has; 6 for a MAC address.</summary>
    public int Length => _length;

    /// <summary>Whether it has no bytes.</summary>
    public bool IsEmpty => _length == 0;

    /// <summary>Whether it is the MAC address of one station: six bytes, neither a group's nor all zero.</summary>
    public bool IsStation
    {
        get
        {
            Span<byte> bytes = stackalloc byte[MaximumLength];
            int length = CopyTo(bytes);
            // The lowest bit of the first byte marks a group address (IEEE 802); the kernel refuses it and zero.
            return length == 6 && (bytes[0] & 1) == 0 && bytes[..length].ContainsAnyExcept((byte)0);
        }
    }

    /// <summary>Reads text such as <c>02:00:5e:10:00:01</c> (also with dashes, or one digit in a pair).</summary>
    /// <param name="text">The text.</param>
    /// <param name="address">The address.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out HardwareAddress address)
    {
        address = default;
        Span<byte> bytes = stackalloc byte[MaximumLength];
        int count = 0;
        foreach (Range part in text.SplitAny(':', '-'))
        {
            ReadOnlySpan<char> digits = text[part];
            if (count == MaximumLength || digits.Length is < 1 or > 2 ||
                !byte.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes[count]))
                return false;
            count++;
        }

        address = new HardwareAddress(bytes[..count]);
        return true;
    }

    /// <summary>Reads text such as <c>02:00:5e:10:00:01</c>.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">It is no such text.</exception>
    public static HardwareAddress Parse(ReadOnlySpan<char> text) => TryParse(text, out HardwareAddress address)
        ? address
        : throw new FormatException($"'{text}' is no link-layer address: pairs of hexadecimal digits with colons");

    /// <summary>Copies the bytes.</summary>
    /// <param name="destination">Room for <see cref="Length"/> bytes.</param>
    /// <returns>How many were written.</returns>
    /// <exception cref="ArgumentException">Too little room.</exception>
    public int CopyTo(Span<byte> destination)
    {
        ReadOnlySpan<ulong> words = [_a, _b, _c, _d];
        MemoryMarshal.AsBytes(words)[.._length].CopyTo(destination);
        return _length;
    }

    /// <summary>Gives the bytes as a new array.</summary>
    public byte[] ToArray()
    {
        byte[] bytes = new byte[_length];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>Lower-case pairs with colons; empty for no address.</summary>
    public override string ToString()
    {
        if (_length == 0)
            return "";
        return string.Create((_length * 3) - 1, this, static (text, address) =>
        {
            Span<byte> bytes = stackalloc byte[MaximumLength];
            int length = address.CopyTo(bytes);
            for (int i = 0; i < length; i++)
            {
                bytes[i].TryFormat(text[(i * 3)..], out _, "x2", CultureInfo.InvariantCulture);
                if (i < length - 1)
                    text[(i * 3) + 2] = ':';
            }
        });
    }
}
