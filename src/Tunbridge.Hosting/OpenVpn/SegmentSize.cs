// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Settings;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>How large a TCP segment inside a tunnel may be (<c>mssfix</c>).</summary>
internal static class SegmentSize
{
    private const int InnerHeaders = 20 + 20;       // IPv4 and TCP, without options
    private const int Ipv4Header = 20;
    private const int Ipv6Header = 40;
    private const int UdpHeader = 8;
    private const int TcpHeaderAndLength = 20 + 2;
    private const int EthernetHeader = 14;
    private const int Least = 536 - InnerHeaders;

    /// <summary>The largest segment over IPv4; 0 for no limit.</summary>
    /// <param name="limit">What the configuration says.</param>
    /// <param name="overhead">By how much a datagram is longer than its packet.</param>
    /// <param name="isIPv6">The outer packets are of IPv6.</param>
    /// <param name="isTcp">They go through TCP.</param>
    /// <param name="isTap">Packets are inside frames.</param>
    internal static int Of(MssLimit limit, int overhead, bool isIPv6, bool isTcp, bool isTap)
    {
        if (limit.Value == 0)
            return 0;
        if (limit.Kind == MssLimitKind.Segment)
            return limit.Value;
        int outer = limit.Kind == MssLimitKind.WithHeaders
            ? (isIPv6 ? Ipv6Header : Ipv4Header) + (isTcp ? TcpHeaderAndLength : UdpHeader) : 0;
        return Math.Max(Least, limit.Value - outer - overhead - (isTap ? EthernetHeader : 0) - InnerHeaders);
    }
}
