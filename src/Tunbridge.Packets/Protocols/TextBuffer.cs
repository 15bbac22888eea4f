// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

/// <summary>
/// Text under construction in the caller's span. Once something does not fit, nothing more is written and
/// <see cref="IsFull"/> stays set, so that formatters need no check per piece.
/// </summary>
internal ref struct TextBuffer(Span<char> destination)
{
    private readonly Span<char> _destination = destination;

    /// <summary>Characters written.</summary>
    public int Length { get; private set; }

    /// <summary>Something did not fit.</summary>
    public bool IsFull { get; private set; }

    public void Append(ReadOnlySpan<char> text)
    {
        if (IsFull || !text.TryCopyTo(_destination[Length..]))
        {
            IsFull = true;
            return;
        }

        Length += text.Length;
    }

    public void Append(uint value) => AppendFormatted(value, default);

    public void Append(int value) => AppendFormatted(value, default);

    public void Append(MacAddress value) => AppendFormatted(value, default);

    /// <summary>"0x" and the digits that <paramref name="format"/> ("x2", "x4"…) asks for.</summary>
    public void AppendHex(uint value, ReadOnlySpan<char> format)
    {
        Append("0x");
        AppendFormatted(value, format);
    }

    public void AppendIpv4(uint address)
    {
        if (!IsFull && IpAddressText.TryFormatIpv4(address, _destination[Length..], out int written)) Length += written;
        else IsFull = true;
    }

    public void AppendIpv6(UInt128 address)
    {
        if (!IsFull && IpAddressText.TryFormatIpv6(address, _destination[Length..], out int written)) Length += written;
        else IsFull = true;
    }

    private void AppendFormatted<T>(T value, ReadOnlySpan<char> format)
        where T : struct, ISpanFormattable
    {
        if (!IsFull && value.TryFormat(_destination[Length..], out int written, format, null)) Length += written;
        else IsFull = true;
    }
}
