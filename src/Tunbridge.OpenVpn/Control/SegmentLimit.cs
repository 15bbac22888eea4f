// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Data;
using Tunbridge.OpenVpn.Settings;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Control;

/// <summary>Computes how large TCP segments inside may be, so that their datagrams stay within a limit (<c>mssfix</c>).</summary>
internal static class SegmentLimit
{
    private const int UdpOverV4 = 28;
    private const int UdpOverV6 = 48;
    private const int TcpOverV4 = 40;
    private const int TcpOverV6 = 60;
    private const int StreamLength = 2;
    private const int PacketNumber = 4;
    private const int EpochNumber = 8;
    private const int Tag = 16;
    private const int Block = 16;
    private const int InnerHeaders = 40;    // of IPv4 and TCP
    private const int TapAllowance = 32;

    /// <summary>Bytes that a segment of IPv6 has less.</summary>
    internal const int LessForV6 = 20;

    /// <returns>The largest segment of TCP over IPv4; null when segments are left alone.</returns>
    internal static int? Of(MssLimit limit, DataFormat format, bool isTcp, bool isTap, bool isOuterV6)
    {
        if (limit.Value == 0)
            return null;
        if (limit.Kind == MssLimitKind.Segment)
            return limit.Value;
        int room = limit.Value - format.HeaderSize - (isTcp ? StreamLength : 0);
        if (limit.Kind == MssLimitKind.WithHeaders)
            room -= isTcp ? (isOuterV6 ? TcpOverV6 : TcpOverV4) : isOuterV6 ? UdpOverV6 : UdpOverV4;
        if (format.Cipher.Aead is not null)
        {
            room -= (format.HasEpochs ? EpochNumber : PacketNumber) + Tag;
        }
        else
        {
            // Padding is at least one byte, and fills the last block.
            room -= Block + (format.Auth is { } digest ? Digest.Size(digest) : 0);
            room = (room / Block * Block) - 1 - PacketNumber;
        }
        room -= InnerHeaders + CompressionFrames.Overhead(format.Framing) + (isTap ? TapAllowance : 0);
        return Math.Max(room, 1);
    }
}
