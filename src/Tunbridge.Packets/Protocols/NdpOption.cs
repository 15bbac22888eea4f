// SPDX-License-Identifier: Apache-2.0
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.Packets;

/// <summary>
/// One option of a neighbour discovery message (RFC 4861 section 4.6). Borrows the bytes of the message.
/// </summary>
public readonly ref struct NdpOption
{
    // 0      1        2
    // | type | length | data…        length in units of 8 bytes, these two included
    // | 1, 2 | 1      | link-layer address (6) |        source, target
    // | 3    | 4      | bits | L A 0… | valid | preferred | 0 (4) | prefix (16) |
    // | 5    | 1      | 0 (2) | MTU (4) |

    private const int DataOffset = 2;

    private const int PrefixBitsOffset = 0;
    private const int PrefixFlagsOffset = 1;
    private const int PrefixValidOffset = 2;
    private const int PrefixPreferredOffset = 6;
    private const int PrefixReservedOffset = 10;
    private const int PrefixOffset = 14;
    private const byte OnLinkFlag = 0x80;
    private const byte AutonomousFlag = 0x40;

    private const int MtuOffset = 2;

    /// <summary>What lengths are counted in, and the smallest option.</summary>
    public const int Unit = 8;

    /// <summary>Bytes of a prefix information option.</summary>
    public const int PrefixSize = 32;

    private readonly ReadOnlySpan<byte> _bytes; // a whole option: at least 8 bytes, a multiple of 8

    internal NdpOption(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The kind of option.</summary>
    public NdpOptionType Type => (NdpOptionType)_bytes[0];

    /// <summary>What follows type and length.</summary>
    public ReadOnlySpan<byte> Data => _bytes[DataOffset..];

    /// <summary>
    /// The Ethernet address of a source or target link-layer address option; false for other options.
    /// </summary>
    public bool TryGetLinkLayerAddress(out MacAddress address)
    {
        bool isOne = Type is NdpOptionType.SourceLinkLayerAddress or NdpOptionType.TargetLinkLayerAddress
            && _bytes.Length == Unit;
        address = isOne ? MacAddress.Read(Data) : default;
        return isOne;
    }

    /// <summary>The link's MTU of an MTU option, in bytes; false for other options.</summary>
    public bool TryGetMtu(out uint mtu)
    {
        bool isOne = Type == NdpOptionType.Mtu && _bytes.Length == Unit;
        mtu = isOne ? ReadUInt32BigEndian(Data[MtuOffset..]) : 0;
        return isOne;
    }

    /// <summary>The prefix of a prefix information option; false for other options.</summary>
    public bool TryGetPrefix(out NdpPrefix prefix)
    {
        prefix = default;
        if (Type != NdpOptionType.PrefixInformation || _bytes.Length != PrefixSize) return false;
        ReadOnlySpan<byte> data = Data;
        prefix = new NdpPrefix
        {
            Prefix = ReadUInt128BigEndian(data[PrefixOffset..]),
            PrefixLength = data[PrefixBitsOffset],
            IsOnLink = (data[PrefixFlagsOffset] & OnLinkFlag) != 0,
            IsAutonomous = (data[PrefixFlagsOffset] & AutonomousFlag) != 0,
            ValidLifetimeSeconds = ReadUInt32BigEndian(data[PrefixValidOffset..]),
            PreferredLifetimeSeconds = ReadUInt32BigEndian(data[PrefixPreferredOffset..]),
        };
        return true;
    }

    /// <summary>
    /// Writes a source or target link-layer address option and returns its length, 8 bytes.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public static int WriteLinkLayerAddress(Span<byte> destination, NdpOptionType type, MacAddress address)
    {
        Span<byte> data = Open(destination, type, Unit);
        address.CopyTo(data);
        return Unit;
    }

    /// <summary>Writes an MTU option and returns its length, 8 bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public static int WriteMtu(Span<byte> destination, uint mtu)
    {
        Span<byte> data = Open(destination, NdpOptionType.Mtu, Unit);
        WriteUInt16BigEndian(data, 0);
        WriteUInt32BigEndian(data[MtuOffset..], mtu);
        return Unit;
    }

    /// <summary>Writes a prefix information option and returns its length, 32 bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The prefix is longer than 128 bits.</exception>
    public static int WritePrefix(Span<byte> destination, in NdpPrefix prefix)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(prefix.PrefixLength, 128, nameof(prefix));
        Span<byte> data = Open(destination, NdpOptionType.PrefixInformation, PrefixSize);
        data[PrefixBitsOffset] = prefix.PrefixLength;
        int flags = (prefix.IsOnLink ? OnLinkFlag : 0) | (prefix.IsAutonomous ? AutonomousFlag : 0);
        data[PrefixFlagsOffset] = (byte)flags;
        WriteUInt32BigEndian(data[PrefixValidOffset..], prefix.ValidLifetimeSeconds);
        WriteUInt32BigEndian(data[PrefixPreferredOffset..], prefix.PreferredLifetimeSeconds);
        WriteUInt32BigEndian(data[PrefixReservedOffset..], 0);
        WriteUInt128BigEndian(data[PrefixOffset..], prefix.Prefix);
        return PrefixSize;
    }

    private static Span<byte> Open(Span<byte> destination, NdpOptionType type, int size)
    {
        WireBuffer.Require(destination, size);
        destination[0] = (byte)type;
        destination[1] = (byte)(size / Unit);
        return destination[DataOffset..size];
    }

    internal void AppendTo(ref TextBuffer text)
    {
        if (TryGetLinkLayerAddress(out MacAddress address))
        {
            text.Append(Type == NdpOptionType.SourceLinkLayerAddress ? ", source " : ", target ");
            text.Append(address);
        }
        else if (TryGetMtu(out uint mtu))
        {
            text.Append(", mtu ");
            text.Append(mtu);
        }
        else if (TryGetPrefix(out NdpPrefix prefix))
        {
            text.Append(", prefix ");
            text.AppendIpv6(prefix.Prefix);
            text.Append("/");
            text.Append((uint)prefix.PrefixLength);
        }
        else
        {
            text.Append(", option ");
            text.Append((uint)Type);
        }
    }
}
