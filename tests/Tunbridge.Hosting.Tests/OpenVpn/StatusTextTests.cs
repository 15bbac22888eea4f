// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.Hosting.OpenVpn;
using Tunbridge.Linux;

namespace Tunbridge.Hosting.Tests.OpenVpn;

/// <summary>The texts as openvpn 2.6.14 wrote them, with our numbers in them.</summary>
public sealed class StatusTextTests
{
    private static readonly DateTimeOffset s_since = new(2026, 11, 22, 10, 15, 47, TimeSpan.Zero);

    private static readonly OpenVpnServerStatus s_status = new()
    {
        Time = s_since.AddSeconds(5),
        Clients =
        [
            new()
            {
                Id = 0,
                CommonName = "client1",
                Remote = new DatagramAddress(IPAddress.Parse("192.0.2.2"), 59068),
                Address = IPAddress.Parse("10.9.0.2"),
                AddressV6 = IPAddress.Parse("fd00:9::1000"),
                PeerId = 0,
                Cipher = "AES-256-GCM",
                Since = s_since,
                BytesReceived = 2125,
                BytesSent = 2287,
            },
            new() { Id = 1, Remote = new DatagramAddress(IPAddress.Parse("2001:db8::7"), 1194), Since = s_since },
            new() { Id = 2, CommonName = "a,b", Username = "x\ty", Remote = new DatagramAddress(IPAddress.Parse("192.0.2.3"), 1), Since = s_since },
        ],
        Routes =
        [
            new()
            {
                Network = IPNetwork.Parse("10.9.0.2/32"),
                CommonName = "client1",
                Remote = new DatagramAddress(IPAddress.Parse("192.0.2.2"), 59068),
                LastUsed = s_since.AddSeconds(4),
            },
            new()
            {
                Network = IPNetwork.Parse("10.1.0.0/24"),
                CommonName = "client1",
                Remote = new DatagramAddress(IPAddress.Parse("192.0.2.2"), 59068),
                LastUsed = s_since.AddSeconds(4),
            },
        ],
    };

    [Fact]
    public void FirstVersion_IsTheOneOfOldTools() => Assert.Equal("""
        OpenVPN CLIENT LIST
        Updated,2026-11-22 10:15:52
        Common Name,Real Address,Bytes Received,Bytes Sent,Connected Since
        client1,192.0.2.2:59068,2125,2287,2026-11-22 10:15:47
        UNDEF,[2001:db8::7]:1194,0,0,2026-11-22 10:15:47
        a_b,192.0.2.3:1,0,0,2026-11-22 10:15:47
        ROUTING TABLE
        Virtual Address,Common Name,Real Address,Last Ref
        10.9.0.2,client1,192.0.2.2:59068,2026-11-22 10:15:51
        10.1.0.0/24,client1,192.0.2.2:59068,2026-11-22 10:15:51
        GLOBAL STATS
        Max bcast/mcast queue length,0
        END

        """, StatusText.Write(s_status, 1, "title", TimeZoneInfo.Utc));

    [Fact]
    public void SecondVersion_HasTitleHeadersAndTimes() => Assert.Equal("""
        TITLE,OpenVPN 2.6.14 x86_64-pc-linux-gnu
        TIME,2026-11-22 10:15:52,1795342552
        HEADER,CLIENT_LIST,Common Name,Real Address,Virtual Address,Virtual IPv6 Address,Bytes Received,Bytes Sent,Connected Since,Connected Since (time_t),Username,Client ID,Peer ID,Data Channel Cipher
        CLIENT_LIST,client1,192.0.2.2:59068,10.9.0.2,fd00:9::1000,2125,2287,2026-11-22 10:15:47,1795342547,UNDEF,0,0,AES-256-GCM
        CLIENT_LIST,UNDEF,[2001:db8::7]:1194,,,0,0,2026-11-22 10:15:47,1795342547,UNDEF,1,0,
        CLIENT_LIST,a_b,192.0.2.3:1,,,0,0,2026-11-22 10:15:47,1795342547,x_y,2,0,
        HEADER,ROUTING_TABLE,Virtual Address,Common Name,Real Address,Last Ref,Last Ref (time_t)
        ROUTING_TABLE,10.9.0.2,client1,192.0.2.2:59068,2026-11-22 10:15:51,1795342551
        ROUTING_TABLE,10.1.0.0/24,client1,192.0.2.2:59068,2026-11-22 10:15:51,1795342551
        GLOBAL_STATS,Max bcast/mcast queue length,0
        GLOBAL_STATS,dco_enabled,0
        END

        """, StatusText.Write(s_status, 2, "OpenVPN 2.6.14 x86_64-pc-linux-gnu", TimeZoneInfo.Utc));

    [Fact]
    public void ThirdVersion_IsTheSecondWithTabs()
    {
        string[] second = StatusText.Write(s_status, 2, "t", TimeZoneInfo.Utc).Split('\n');
        string[] third = StatusText.Write(s_status, 3, "t", TimeZoneInfo.Utc).Split('\n');
        Assert.Equal(second[3].Replace(',', '\t'), third[3]);
        // A comma in a name is no separator here.
        Assert.Equal("CLIENT_LIST\ta,b\t", third[5][.."CLIENT_LIST\ta,b\t".Length]);
    }
}
