// SPDX-License-Identifier: Apache-2.0
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.Packets;

/// <summary>
/// A router solicitation or advertisement viewed in place (RFC 4861 sections 4.1 and 4.2). The view
/// borrows the bytes it was parsed from.
/// </summary>
public readonly ref struct RouterView
{
    // 0      1      2          4           5         6          8           12           16
    // | 133  | 0    | checksum | 0                              | options…                         solicitation
    // | 134  | 0    | checksum | hop limit | M O 0… | lifetime  | reachable | retransmit | options…

    private const int CodeOffset = 1;
    private const int HopLimitOffset = 4;
    private const int FlagsOffset = 5;
    private const int LifetimeOffset = 6;
    private const int ReachableOffset = 8;
    private const int RetransmitOffset = 12;

    private const byte ManagedFlag = 0x80;
    private const byte OtherFlag = 0x40;

    /// <summary>Bytes of a solicitation without options.</summary>
    public const int SolicitationSize = 8;

    /// <summary>Bytes of an advertisement without options.</summary>
    public const int AdvertisementSize = 16;

    private readonly ReadOnlySpan<byte> _bytes;

    private RouterView(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>
    /// Views an ICMPv6 message; false when it is neither message, or what RFC 4861 section 6.1 calls
    /// invalid and can be seen without the IPv6 header: short, code not 0, or an option of length 0 or cut
    /// short.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> message, out RouterView view)
    {
        view = default;
        if (message.Length < SolicitationSize || message[CodeOffset] != 0) return false;
        int size = (Icmpv6Type)message[0] switch
        {
            Icmpv6Type.RouterSolicitation => SolicitationSize,
            Icmpv6Type.RouterAdvertisement => AdvertisementSize,
            _ => int.MaxValue,
        };
        if (message.Length < size || !NdpOptions.AreWhole(message[size..])) return false;
        view = new RouterView(message);
        return true;
    }

    /// <summary>The message asks; otherwise it tells.</summary>
    public bool IsSolicitation => (Icmpv6Type)_bytes[0] == Icmpv6Type.RouterSolicitation;

    /// <summary>The options one after the other.</summary>
    public NdpOptions Options => new(_bytes[(IsSolicitation ? SolicitationSize : AdvertisementSize)..]);

    /// <summary>What an advertisement says apart from its options; all zero for a solicitation.</summary>
    public RouterAdvertisement ToAdvertisement() => IsSolicitation ? default : new RouterAdvertisement
    {
        CurrentHopLimit = _bytes[HopLimitOffset],
        IsManaged = (_bytes[FlagsOffset] & ManagedFlag) != 0,
        IsOtherConfiguration = (_bytes[FlagsOffset] & OtherFlag) != 0,
        RouterLifetimeSeconds = ReadUInt16BigEndian(_bytes[LifetimeOffset..]),
        ReachableTimeMilliseconds = ReadUInt32BigEndian(_bytes[ReachableOffset..]),
        RetransmitTimeMilliseconds = ReadUInt32BigEndian(_bytes[RetransmitOffset..]),
    };

    /// <summary>Writes a solicitation with its checksum and returns its length.</summary>
    /// <param name="destination">Takes the message; its IPv6 header must say hop limit 255.</param>
    /// <param name="from">The address the message is sent from; may be 0.</param>
    /// <param name="to">The address the message is sent to: all routers, ff02::2.</param>
    /// <param name="options">Options as <see cref="NdpOption"/> writes them.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public static int WriteSolicitation(Span<byte> destination, UInt128 from, UInt128 to, ReadOnlySpan<byte> options) =>
        Icmpv6View.Write(destination, from, to, Icmpv6Type.RouterSolicitation, code: 0, body: 0, options);

    /// <summary>Writes an advertisement with its checksum and returns its length.</summary>
    /// <param name="destination">Takes the message; its IPv6 header must say hop limit 255.</param>
    /// <param name="from">The address the message is sent from: the router's link-local address.</param>
    /// <param name="to">The address the message is sent to: who asked, or all nodes, ff02::1.</param>
    /// <param name="advertisement">What the message says apart from its options.</param>
    /// <param name="options">
    /// Options as <see cref="NdpOption"/> writes them; they may already lie at their place in
    /// <paramref name="destination"/>.
    /// </param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public static int WriteAdvertisement(
        Span<byte> destination,
        UInt128 from,
        UInt128 to,
        in RouterAdvertisement advertisement,
        ReadOnlySpan<byte> options)
    {
        int length = AdvertisementSize + options.Length;
        WireBuffer.Require(destination, length);
        options.CopyTo(destination[AdvertisementSize..]); // first: the options may overlap what the header overwrites
        WriteUInt32BigEndian(destination[ReachableOffset..], advertisement.ReachableTimeMilliseconds);
        WriteUInt32BigEndian(destination[RetransmitOffset..], advertisement.RetransmitTimeMilliseconds);
        int flags = (advertisement.IsManaged ? ManagedFlag : 0) | (advertisement.IsOtherConfiguration ? OtherFlag : 0);
        uint body = ((uint)advertisement.CurrentHopLimit << 24) | ((uint)flags << 16)
            | advertisement.RouterLifetimeSeconds;
        return Icmpv6View.Write(
            destination, from, to, Icmpv6Type.RouterAdvertisement, code: 0, body, destination[ReachableOffset..length]);
    }

    internal void AppendTo(ref TextBuffer text)
    {
        text.Append(IsSolicitation ? "router solicitation" : "router advertisement");
        if (!IsSolicitation)
        {
            RouterAdvertisement advertisement = ToAdvertisement();
            text.Append(", hop limit ");
            text.Append((uint)advertisement.CurrentHopLimit);
            if (advertisement.IsManaged) text.Append(", managed");
            if (advertisement.IsOtherConfiguration) text.Append(", other");
            text.Append(", lifetime ");
            text.Append((uint)advertisement.RouterLifetimeSeconds);
            text.Append(" s");
        }

        Options.AppendTo(ref text);
    }
}
