// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Settings;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Data;

/// <summary>How large TCP segments inside a tunnel may be, so that what carries them keeps <c>mssfix</c>.</summary>
public static class SegmentSize
{
    private const int BlockSize = 16;
    private const int TcpIpHeaders = 40;

    /// <summary>The largest segment over IPv4; one over IPv6 is 20 smaller.</summary>
    /// <param name="limit">What the configuration says.</param>
    /// <param name="settings">The session's: digest, framing, layer, transport.</param>
    /// <param name="cipher">The cipher agreed on.</param>
    /// <param name="hasPeerId">Packets carry a peer id.</param>
    /// <param name="isOuterIPv6">The tunnel itself runs over IPv6.</param>
    /// <returns>Bytes; 0: segments are left alone.</returns>
    public static int Of(MssLimit limit, SessionSettings settings, string cipher, bool hasPeerId, bool isOuterIPv6)
    {
        ArgumentNullException.ThrowIfNull(limit);
        ArgumentNullException.ThrowIfNull(settings);
        if (limit.Value == 0 || DataCipher.Find(cipher) is not { } found)
            return 0;
        if (limit.Kind == MssLimitKind.Segment)
            return limit.Value;
        int outer = limit.Kind == MssLimitKind.WithHeaders ? (isOuterIPv6 ? 40 : 20) + (settings.IsTcp ? 20 : 8) : 0;
        int room = limit.Value - outer - (hasPeerId ? 4 : 1) - (settings.IsTcp ? 2 : 0);
        int tag = settings.Auth is { } digest ? Digest.Size(digest) : 0;
        // A block cipher's packet number is within its blocks, and one byte of padding is always there.
        room = found.Aead is not null ? room - 20 : ((room - BlockSize - tag) / BlockSize * BlockSize) - 1 - 4;
        room -= TcpIpHeaders;
        if (settings.Framing is PayloadFraming.Lzo or PayloadFraming.Swap)
            room -= 1;
        if (settings.IsTap)
            room -= 32;
        return Math.Max(0, room);
    }
}
