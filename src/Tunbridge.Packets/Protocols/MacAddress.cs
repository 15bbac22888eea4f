// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.Packets;

/// <summary>
/// An Ethernet address: six bytes, a value that compares by them (IEEE 802, EUI-48). The default value is
/// 00:00:00:00:00:00.
/// </summary>
public readonly record struct MacAddress : ISpanFormattable, ISpanParsable<MacAddress>
{
    // 0         1         2         3         4         5
    // | XXXXXXLG | organisation's other bytes | device's three bytes |
    //   G: group (multicast), L: locally administered

    /// <summary>Bytes of an address.</summary>
    public const int Size = 6;

    /// <summary>Characters of the text form.</summary>
    public const int TextLength = 17;

    private readonly ulong _value; // the six bytes as a number, the first byte most significant

    private MacAddress(ulong value) => _value = value;

    /// <summary>Makes an address of its six bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> is not six bytes long.</exception>
    public MacAddress(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size) throw new ArgumentException($"An Ethernet address has {Size} bytes.", nameof(bytes));
        _value = Read(bytes)._value;
    }

    /// <summary>ff:ff:ff:ff:ff:ff, every station on the link.</summary>
    public static MacAddress Broadcast => new(0xFFFF_FFFF_FFFF);

    /// <summary>The address names a group of stations; the broadcast address does too.</summary>
    public bool IsMulticast => (_value & 0x0100_0000_0000) != 0;

    /// <summary>The address was chosen locally rather than by a maker of cards.</summary>
    public bool IsLocal => (_value & 0x0200_0000_0000) != 0;

    /// <summary>The address is ff:ff:ff:ff:ff:ff.</summary>
    public bool IsBroadcast => _value == 0xFFFF_FFFF_FFFF;

    /// <summary>The address is 00:00:00:00:00:00.</summary>
    public bool IsZero => _value == 0;

    /// <summary>
    /// The multicast address that carries an IPv6 multicast group: 33:33 and its last four bytes (RFC 2464
    /// section 7).
    /// </summary>
    public static MacAddress FromIpv6Multicast(UInt128 group) => new(0x3333_0000_0000 | (ulong)(group & uint.MaxValue));

    /// <summary>
    /// The multicast address that carries an IPv4 multicast group: 01:00:5e and its last 23 bits (RFC 1112
    /// section 6.4).
    /// </summary>
    public static MacAddress FromIpv4Multicast(uint group) => new(0x0100_5E00_0000UL | (group & 0x7F_FFFF));

    /// <summary>
    /// A unicast address from the locally administered range (02, 06, 0a, 0e…), made of six bytes that the
    /// caller drew at random.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="random"/> is not six bytes long.</exception>
    public static MacAddress CreateLocal(ReadOnlySpan<byte> random) =>
        new((new MacAddress(random)._value & ~0x0300_0000_0000UL) | 0x0200_0000_0000UL);

    /// <summary>Copies the six bytes to the front of <paramref name="destination"/>.</summary>
    /// <exception cref="ArgumentException">
    /// <paramref name="destination"/> is shorter than six bytes.
    /// </exception>
    public void CopyTo(Span<byte> destination)
    {
        WireBuffer.Require(destination, Size);
        WriteUInt16BigEndian(destination, (ushort)(_value >> 32));
        WriteUInt32BigEndian(destination[2..], (uint)_value);
    }

    /// <summary>
    /// Reads aa:bb:cc:dd:ee:ff or aa-bb-cc-dd-ee-ff, two hexadecimal digits a byte, one kind of separator.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out MacAddress address)
    {
        address = default;
        if (text.Length != TextLength || text[2] is not (':' or '-')) return false;
        ulong value = 0;
        for (int i = 0; i < TextLength; i += 3)
        {
            if (i != 0 && text[i - 1] != text[2]) return false;
            if (!char.IsAsciiHexDigit(text[i]) || !char.IsAsciiHexDigit(text[i + 1])) return false;
            value = (value << 8)
                | byte.Parse(text.Slice(i, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        }

        address = new MacAddress(value);
        return true;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out MacAddress)"/>
    public static bool TryParse([NotNullWhen(true)] string? text, out MacAddress address) =>
        TryParse(text.AsSpan(), out address);

    /// <inheritdoc/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out MacAddress result) =>
        TryParse(s, out result);

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out MacAddress result) =>
        TryParse(s.AsSpan(), out result);

    /// <summary>Reads aa:bb:cc:dd:ee:ff or aa-bb-cc-dd-ee-ff.</summary>
    /// <exception cref="FormatException">The text is neither.</exception>
    public static MacAddress Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) =>
        TryParse(s, out MacAddress address)
            ? address
            : throw new FormatException($"'{s}' is not an Ethernet address; six bytes as in 02:00:00:00:00:01 are.");

    /// <inheritdoc cref="Parse(ReadOnlySpan{char}, IFormatProvider?)"/>
    public static MacAddress Parse(string s, IFormatProvider? provider = null)
    {
        ArgumentNullException.ThrowIfNull(s);
        return Parse(s.AsSpan(), provider);
    }

    /// <summary>
    /// Writes aa:bb:cc:dd:ee:ff, lower case, without allocation; format and provider are ignored.
    /// </summary>
    public bool TryFormat(
        Span<char> destination,
        out int charsWritten,
        ReadOnlySpan<char> format = default,
        IFormatProvider? provider = null)
    {
        const string Digits = "0123456789abcdef";
        charsWritten = 0;
        if (destination.Length < TextLength) return false;
        for (int i = 0; i < Size; i++)
        {
            int octet = (int)(_value >> ((Size - 1 - i) * 8)) & 0xFF;
            if (i != 0) destination[(i * 3) - 1] = ':';
            destination[i * 3] = Digits[octet >> 4];
            destination[(i * 3) + 1] = Digits[octet & 0xF];
        }

        charsWritten = TextLength;
        return true;
    }

    /// <summary>aa:bb:cc:dd:ee:ff, lower case.</summary>
    public override string ToString() =>
        string.Create(TextLength, this, static (span, address) => address.TryFormat(span, out _));

    /// <inheritdoc cref="ToString()"/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <summary>The address in the first six bytes, which the caller has made sure are there.</summary>
    internal static MacAddress Read(ReadOnlySpan<byte> bytes) =>
        new(((ulong)ReadUInt16BigEndian(bytes) << 32) | ReadUInt32BigEndian(bytes[2..]));
}
