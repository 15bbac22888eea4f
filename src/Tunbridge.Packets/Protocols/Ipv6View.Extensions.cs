// SPDX-License-Identifier: Apache-2.0
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.Packets;

// The walk over the extension headers (RFC 8200 section 4).
public readonly ref partial struct Ipv6View
{
    // hop-by-hop options, routing, destination options:  | next | length in 8 bytes, less the first 8 | …
    // authentication header (RFC 4302):                  | next | length in 4 bytes, less 2           | …
    // fragment:  | next | reserved | offset (13 bits), 2 reserved bits, M | identification (4 bytes) |

    private const int ExtensionMinimumSize = 8;
    private const int FragmentWordOffset = 2;
    private const int FragmentIdentificationOffset = 4;

    /// <summary>
    /// Extension headers that <see cref="TryGetUpperLayer"/> follows before it gives up: a packet with
    /// more only wants to keep its readers busy.
    /// </summary>
    public const int MaximumExtensionCount = 16;

    /// <summary>
    /// Finds what lies behind the extension headers hop-by-hop options, routing, fragment, destination
    /// options and authentication. False when one of them is cut short or there are more than
    /// <see cref="MaximumExtensionCount"/>.
    /// </summary>
    /// <remarks>
    /// The walk ends at a fragment other than the first, whose bytes are not a header. Hop-by-hop options
    /// count only right after the IPv6 header (RFC 8200 section 4.1); elsewhere they end the walk as an
    /// unknown protocol would.
    /// </remarks>
    public bool TryGetUpperLayer(out Ipv6UpperLayer upper)
    {
        upper = new Ipv6UpperLayer { Protocol = NextHeader, Offset = HeaderSize };
        for (int count = 0; IsWalkable(upper); count++)
        {
            ReadOnlySpan<byte> header = _bytes[upper.Offset..];
            if (count == MaximumExtensionCount || header.Length < ExtensionMinimumSize) return false;
            int length = upper.Protocol switch
            {
                IpProtocol.Fragment => ExtensionMinimumSize,
                IpProtocol.AuthenticationHeader => (header[1] + 2) * 4,
                _ => (header[1] + 1) * 8,
            };
            if (length > header.Length) return false;

            bool isFragment = upper.Protocol == IpProtocol.Fragment;
            upper = upper with { Protocol = (IpProtocol)header[0], Offset = upper.Offset + length };
            if (!isFragment) continue;

            ushort word = ReadUInt16BigEndian(header[FragmentWordOffset..]);
            upper = upper with
            {
                HasFragmentHeader = true,
                FragmentOffset = word & 0xFFF8, // the 13 bits count 8 bytes and lie 3 bits up: no shift is left over
                HasMoreFragments = (word & 1) != 0,
                FragmentIdentification = ReadUInt32BigEndian(header[FragmentIdentificationOffset..]),
            };
        }

        return true;
    }

    private static bool IsWalkable(in Ipv6UpperLayer at) => at.FragmentOffset == 0 && at.Protocol switch
    {
        IpProtocol.HopByHopOptions => at.Offset == HeaderSize,
        IpProtocol.Routing or IpProtocol.Fragment => true,
        IpProtocol.DestinationOptions or IpProtocol.AuthenticationHeader => true,
        _ => false,
    };

    /// <summary>
    /// Writes a fragment header and returns its length, 8 bytes. It goes before the fragment, after an
    /// IPv6 header whose next header is <see cref="IpProtocol.Fragment"/>.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The offset is not a multiple of 8 up to 65,528.
    /// </exception>
    public static int WriteFragmentHeader(
        Span<byte> destination, IpProtocol nextHeader, int fragmentOffset, bool hasMoreFragments, uint identification)
    {
        WireBuffer.Require(destination, ExtensionMinimumSize);
        if ((fragmentOffset & ~0xFFF8) != 0)
            throw new ArgumentOutOfRangeException(
                nameof(fragmentOffset), fragmentOffset, "A fragment offset is a multiple of 8 up to 65528.");
        destination[0] = (byte)nextHeader;
        destination[1] = 0;
        WriteUInt16BigEndian(destination[FragmentWordOffset..], (ushort)(fragmentOffset | (hasMoreFragments ? 1 : 0)));
        WriteUInt32BigEndian(destination[FragmentIdentificationOffset..], identification);
        return ExtensionMinimumSize;
    }
}
