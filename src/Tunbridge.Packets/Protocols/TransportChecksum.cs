// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

/// <summary>Sums of the pseudo-headers, from addresses as numbers.</summary>
internal static class TransportChecksum
{
    /// <summary>The sum of | source 4 | destination 4 | zero 1 | protocol 1 | length 2 | (RFC 768).</summary>
    public static uint PseudoHeader(uint source, uint destination, IpProtocol protocol, int length) =>
        Words(source) + Words(destination) + (uint)protocol + Words((uint)length);

    /// <summary>The sum of | source 16 | destination 16 | length 4 | zero 3 | next header 1 | (RFC 8200).</summary>
    public static uint PseudoHeader(UInt128 source, UInt128 destination, IpProtocol protocol, int length) =>
        Words(source) + Words(destination) + (uint)protocol + Words((uint)length);

    // At most 18 words of 16 bits are added up: 32 bits are enough without a carry.
    private static uint Words(uint value) => (value >> 16) + (value & 0xFFFF);

    private static uint Words(UInt128 value) =>
        Words((uint)(value >> 96)) + Words((uint)(value >> 64)) + Words((uint)(value >> 32)) + Words((uint)value);
}
