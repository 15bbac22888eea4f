// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Numerics;

namespace Tunbridge.Packets;

/// <summary>
/// The one's complement checksum of IPv4, ICMP, TCP and UDP (RFC 1071), whole, in parts, and updated in place
/// (RFC 1624).
/// </summary>
/// <remarks>
/// <para>A <b>sum</b> here is a partial, un-inverted sum: 16-bit words in network order, added up in a
/// <see cref="uint"/>. Sums of an even number of bytes may simply be added (<see cref="Add"/>); after an odd
/// number use <see cref="Concatenate"/>. <see cref="Finish"/> folds and inverts. A <b>checksum</b> is the
/// number to store with <see cref="BinaryPrimitives.WriteUInt16BigEndian"/>.</para>
/// <para>A block whose checksum field is filled in is right when <see cref="Compute"/> over all of it gives
/// 0. UDP sends a computed 0 as 0xFFFF (RFC 768, RFC 8200 section 8.1): <see cref="FinishUdp"/>.</para>
/// <para>Pure, thread-safe, allocates nothing, never throws on bytes.</para>
/// </remarks>
public static partial class InternetChecksum
{
    /// <summary>
    /// Sums up bytes; an odd last byte counts as the high half of a word whose low half is zero.
    /// </summary>
    /// <param name="bytes">The bytes; they start at an even position of what is checksummed.</param>
    /// <param name="initial">
    /// A sum to go on from: the pseudo-header, or an earlier part of even length.
    /// </param>
    /// <returns>The sum, folded to 16 bits.</returns>
    public static uint Sum(ReadOnlySpan<byte> bytes, uint initial = 0)
    {
        uint native = Fold(SumNative(bytes));
        uint network = BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness((ushort)native) : native;
        return Fold((ulong)network + initial);
    }

    /// <summary>Adds two sums of parts of even length, in any order.</summary>
    /// <param name="left">A sum.</param>
    /// <param name="right">Another.</param>
    /// <returns>The sum of both, folded to 16 bits.</returns>
    public static uint Add(uint left, uint right) => Fold((ulong)left + right);

    /// <summary>Gives the sum of two parts that follow one another, from the sum of each.</summary>
    /// <param name="first">Sum of the first part.</param>
    /// <param name="firstLength">
    /// Bytes of the first part; when odd, the second part's bytes change places (RFC 1071, section 2).
    /// </param>
    /// <param name="second">Sum of the second part, taken as if it began at an even position.</param>
    /// <returns>The sum, folded to 16 bits.</returns>
    public static uint Concatenate(uint first, long firstLength, uint second)
    {
        uint folded = Fold(second);
        return Add(first, (firstLength & 1) == 0 ? folded : BinaryPrimitives.ReverseEndianness((ushort)folded));
    }

    /// <summary>Turns a sum into the checksum to store.</summary>
    /// <param name="sum">A sum.</param>
    /// <returns>The inverted sum.</returns>
    public static ushort Finish(uint sum) => (ushort)~Fold(sum);

    /// <summary>Turns a sum into the checksum to store in a UDP header, where 0 would mean "none".</summary>
    /// <param name="sum">A sum.</param>
    /// <returns>The inverted sum, 0xFFFF in place of 0.</returns>
    public static ushort FinishUdp(uint sum)
    {
        ushort checksum = Finish(sum);
        return checksum == 0 ? ushort.MaxValue : checksum;
    }

    /// <summary>The checksum of bytes.</summary>
    /// <param name="bytes">
    /// The bytes, with zero in the checksum field (or with the field filled in, to verify: the result is then
    /// 0).
    /// </param>
    /// <param name="initial">The sum of the pseudo-header, where there is one.</param>
    /// <returns>The number to store in network order.</returns>
    public static ushort Compute(ReadOnlySpan<byte> bytes, uint initial = 0) => Finish(Sum(bytes, initial));

    /// <summary>The sum of the IPv4 pseudo-header (RFC 768, RFC 9293 section 3.1).</summary>
    /// <param name="source">The source address, 4 bytes.</param>
    /// <param name="destination">The destination address, 4 bytes.</param>
    /// <param name="protocol">The protocol number: 6 TCP, 17 UDP.</param>
    /// <param name="length">Bytes of transport header and payload.</param>
    /// <returns>The sum, to be given to <see cref="Compute"/> or <see cref="Sum"/>.</returns>
    /// <exception cref="ArgumentException">An address is not 4 bytes long.</exception>
    public static uint PseudoHeaderV4(
        ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, byte protocol, int length)
    {
        // | source 4 | destination 4 | zero 1 | protocol 1 | length 2 |
        RequireLength(source, 4, nameof(source));
        RequireLength(destination, 4, nameof(destination));
        return Sum(source, Sum(destination, Fold((ulong)protocol + (uint)length)));
    }

    /// <summary>The sum of the IPv6 pseudo-header (RFC 8200, section 8.1).</summary>
    /// <param name="source">The source address, 16 bytes.</param>
    /// <param name="destination">The (final) destination address, 16 bytes.</param>
    /// <param name="nextHeader">The upper layer's number: 6 TCP, 17 UDP, 58 ICMPv6.</param>
    /// <param name="length">Bytes of the upper layer's header and payload.</param>
    /// <returns>The sum, to be given to <see cref="Compute"/> or <see cref="Sum"/>.</returns>
    /// <exception cref="ArgumentException">An address is not 16 bytes long.</exception>
    public static uint PseudoHeaderV6(
        ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, byte nextHeader, int length)
    {
        // | source 16 | destination 16 | length 4 | zero 3 | next header 1 |
        RequireLength(source, 16, nameof(source));
        RequireLength(destination, 16, nameof(destination));
        return Sum(source, Sum(destination, Fold((ulong)nextHeader + (uint)length)));
    }

    /// <summary>Gives the new checksum after one 16-bit word of the checksummed bytes has changed.</summary>
    /// <param name="checksum">The checksum before.</param>
    /// <param name="oldWord">The word before.</param>
    /// <param name="newWord">The word now.</param>
    /// <returns>The checksum now: HC' = ~(~HC + ~m + m'), equation 3 of RFC 1624.</returns>
    public static ushort Update(ushort checksum, ushort oldWord, ushort newWord) =>
        (ushort)~Fold((ulong)(ushort)~checksum + (ushort)~oldWord + newWord);

    /// <summary>Gives the new checksum after 32 bits at an even position have changed.</summary>
    /// <param name="checksum">The checksum before.</param>
    /// <param name="oldValue">The value before.</param>
    /// <param name="newValue">The value now.</param>
    /// <returns>The checksum now (RFC 1624, equation 3, over both words).</returns>
    public static ushort Update(ushort checksum, uint oldValue, uint newValue) =>
        (ushort)~Fold((ulong)(ushort)~checksum + ~oldValue + newValue);

    /// <summary>
    /// Gives the new checksum after bytes at an even position have changed: an address, for one.
    /// </summary>
    /// <param name="checksum">The checksum before.</param>
    /// <param name="oldBytes">The bytes before.</param>
    /// <param name="newBytes">
    /// The bytes now; their number may differ when both end what is checksummed.
    /// </param>
    /// <returns>The checksum now (RFC 1624, equation 3, over all words).</returns>
    public static ushort Update(ushort checksum, ReadOnlySpan<byte> oldBytes, ReadOnlySpan<byte> newBytes) =>
        (ushort)~Fold((ulong)(ushort)~checksum + (ushort)~Sum(oldBytes) + Sum(newBytes));

    // Adds the upper half to the lower and the carry back in (end-around carry, RFC 1071 section 2), twice. A word and
    // itself turned by half added up: the upper half of the result is upper + lower + the carry of lower + upper.
    private static uint Fold(ulong sum)
    {
        sum += BitOperations.RotateRight(sum, 32);
        uint half = (uint)(sum >> 32);
        half += BitOperations.RotateRight(half, 16);
        return half >> 16;
    }

    private static void RequireLength(ReadOnlySpan<byte> address, int length, string name)
    {
        if (address.Length != length)
            throw new ArgumentException($"The address must be {length} bytes, not {address.Length}.", name);
    }
}
