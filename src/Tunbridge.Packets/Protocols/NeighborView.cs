// SPDX-License-Identifier: Apache-2.0
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.Packets;

/// <summary>
/// A neighbour solicitation or advertisement viewed in place (RFC 4861 sections 4.3 and 4.4). The view
/// borrows the bytes it was parsed from.
/// </summary>
public readonly ref struct NeighborView
{
    // 0      1      2          4                  8              24
    // | 135  | 0    | checksum | 0                | target       | options…    solicitation
    // | 136  | 0    | checksum | R S O 0…         | target       | options…    advertisement

    private const int CodeOffset = 1;
    private const int FlagsOffset = 4;
    private const int TargetOffset = 8;

    private const byte RouterFlag = 0x80;
    private const byte SolicitedFlag = 0x40;
    private const byte OverrideFlag = 0x20;

    /// <summary>Bytes of the message without options.</summary>
    public const int HeaderSize = 24;

    /// <summary>
    /// The hop limit these messages are sent with and must arrive with: no router has passed them on.
    /// </summary>
    public const byte RequiredHopLimit = 255;

    private readonly ReadOnlySpan<byte> _bytes;

    private NeighborView(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>
    /// Views an ICMPv6 message; false when it is neither message, or what RFC 4861 section 7.1 calls
    /// invalid and can be seen without the IPv6 header: short, code not 0, a multicast target, or an
    /// option of length 0 or cut short.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> message, out NeighborView view)
    {
        view = default;
        if (message.Length < HeaderSize
            || (Icmpv6Type)message[0] is not (Icmpv6Type.NeighborSolicitation or Icmpv6Type.NeighborAdvertisement)
            || message[CodeOffset] != 0
            || ReadUInt128BigEndian(message[TargetOffset..]).IsIpv6Multicast()
            || !NdpOptions.AreWhole(message[HeaderSize..]))
        {
            return false;
        }

        view = new NeighborView(message);
        return true;
    }

    /// <summary>The message asks; otherwise it tells.</summary>
    public bool IsSolicitation => (Icmpv6Type)_bytes[0] == Icmpv6Type.NeighborSolicitation;

    /// <summary>The address asked for or told about.</summary>
    public UInt128 Target => ReadUInt128BigEndian(_bytes[TargetOffset..]);

    /// <summary>The sender is a router (R); only in advertisements.</summary>
    public bool IsRouter => !IsSolicitation && (_bytes[FlagsOffset] & RouterFlag) != 0;

    /// <summary>The advertisement answers a solicitation (S); only in advertisements.</summary>
    public bool IsSolicited => !IsSolicitation && (_bytes[FlagsOffset] & SolicitedFlag) != 0;

    /// <summary>The receiver should replace what it knew (O); only in advertisements.</summary>
    public bool IsOverride => !IsSolicitation && (_bytes[FlagsOffset] & OverrideFlag) != 0;

    /// <summary>The options one after the other.</summary>
    public NdpOptions Options => new(_bytes[HeaderSize..]);

    /// <summary>
    /// Writes a solicitation with its checksum and returns its length: 24 bytes, and 8 for the source
    /// link-layer address, which is left out when <paramref name="from"/> is unspecified (duplicate
    /// address detection).
    /// </summary>
    /// <param name="destination">
    /// Takes the message; its IPv6 header must say hop limit <see cref="RequiredHopLimit"/>.
    /// </param>
    /// <param name="from">The address the message is sent from; 0 to detect duplicates.</param>
    /// <param name="to">
    /// The address the message is sent to: the target's solicited-node address, or the target.
    /// </param>
    /// <param name="target">The address asked for.</param>
    /// <param name="sourceMac">The sender's MAC.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public static int WriteSolicitation(
        Span<byte> destination, UInt128 from, UInt128 to, UInt128 target, MacAddress sourceMac)
    {
        Span<byte> payload = stackalloc byte[HeaderSize - TargetOffset + NdpOption.Unit];
        int length = WritePayload(payload, target, NdpOptionType.SourceLinkLayerAddress, sourceMac);
        // RFC 4861 section 4.3: the option must not be included when the source is the unspecified address.
        if (from == UInt128.Zero) length -= NdpOption.Unit;
        return Icmpv6View.Write(
            destination, from, to, Icmpv6Type.NeighborSolicitation, code: 0, body: 0, payload[..length]);
    }

    /// <summary>Writes an advertisement with its checksum and returns its length, 32 bytes.</summary>
    /// <param name="destination">
    /// Takes the message; its IPv6 header must say hop limit <see cref="RequiredHopLimit"/>.
    /// </param>
    /// <param name="from">The address the message is sent from.</param>
    /// <param name="to">The address the message is sent to: who asked, or all nodes, ff02::1.</param>
    /// <param name="target">The address told about.</param>
    /// <param name="targetMac">The MAC that has it.</param>
    /// <param name="isSolicited">
    /// The message answers a solicitation; false when it goes to a multicast address.
    /// </param>
    /// <param name="isOverride">
    /// The receiver should replace what it knew; false for anycast and proxied addresses.
    /// </param>
    /// <param name="isRouter">The sender is a router.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public static int WriteAdvertisement(
        Span<byte> destination,
        UInt128 from,
        UInt128 to,
        UInt128 target,
        MacAddress targetMac,
        bool isSolicited,
        bool isOverride = true,
        bool isRouter = false)
    {
        Span<byte> payload = stackalloc byte[HeaderSize - TargetOffset + NdpOption.Unit];
        int length = WritePayload(payload, target, NdpOptionType.TargetLinkLayerAddress, targetMac);
        int flags = (isRouter ? RouterFlag : 0) | (isSolicited ? SolicitedFlag : 0) | (isOverride ? OverrideFlag : 0);
        return Icmpv6View.Write(
            destination, from, to, Icmpv6Type.NeighborAdvertisement, code: 0, (uint)flags << 24, payload[..length]);
    }

    private static int WritePayload(Span<byte> payload, UInt128 target, NdpOptionType type, MacAddress mac)
    {
        const int TargetSize = HeaderSize - TargetOffset;
        WriteUInt128BigEndian(payload, target);
        return TargetSize + NdpOption.WriteLinkLayerAddress(payload[TargetSize..], type, mac);
    }

    internal void AppendTo(ref TextBuffer text)
    {
        text.Append(IsSolicitation ? "neighbor solicitation, who has " : "neighbor advertisement, tgt is ");
        text.AppendIpv6(Target);
        if (IsRouter) text.Append(", router");
        if (IsSolicited) text.Append(", solicited");
        if (IsOverride) text.Append(", override");
        Options.AppendTo(ref text);
    }
}
