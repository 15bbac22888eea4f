// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Interop.Tests.Peers;
using Tunbridge.Netlink;
using Tunbridge.Testing;

namespace Tunbridge.Interop.Tests.Trouble;

/// <summary>
/// A router in the place of the cable between two hosts, which can take less than the cards of both.
/// <code>
/// client: 10.99.0.2, fd99::2 ── v1 ═══ r1 router r0 ═══ v0 ── 10.99.0.1, fd99::1 :server
/// </code>
/// </summary>
internal sealed class Router : IDisposable
{
    private readonly TestNamespace _space = new();

    internal Router(TwoHosts hosts)
    {
        hosts.Server.Ip("link del v0");
        _space.Run(() =>
        {
            File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1");
            File.WriteAllText("/proc/sys/net/ipv6/conf/all/forwarding", "1");
            using RouteNetlink netlink = RouteNetlink.Open();
            netlink.Links.CreateVeth("r0", "v0", peer: new LinkChange { Namespace = hosts.Server.Namespace });
            netlink.Links.CreateVeth("r1", "v1", peer: new LinkChange { Namespace = hosts.Client.Namespace });
        });
        Join(hosts.Server, "0", 1, TwoHosts.Server4, TwoHosts.Server6, TwoHosts.Client4, TwoHosts.Client6);
        Join(hosts.Client, "1", 2, TwoHosts.Client4, TwoHosts.Client6, TwoHosts.Server4, TwoHosts.Server6);
    }

    /// <summary>Sets how long a packet may be that goes on to either host.</summary>
    /// <param name="size">Bytes of a packet, all headers included.</param>
    internal void Narrow(int size)
    {
        foreach ((string card, string v4, string v6) in (ReadOnlySpan<(string, string, string)>)
            [("r0", TwoHosts.Server4, TwoHosts.Server6), ("r1", TwoHosts.Client4, TwoHosts.Client6)])
        {
            _space.Ip($"route change {v4}/32 dev {card} mtu lock {size}");
            _space.Ip($"-6 route change {v6}/128 dev {card} mtu lock {size}");
        }
    }

    /// <summary>The router tells nobody any more what it cannot pass on.</summary>
    internal void BeSilent()
    {
        _space.Ip("rule add iif lo ipproto icmp blackhole");
        _space.Ip("-6 rule add iif lo ipproto ipv6-icmp blackhole");
    }

    public void Dispose() => _space.Dispose();

    private void Join(TestNamespace host, string number, int own, string v4, string v6, string other4, string other6)
    {
        _space.Ip($"addr add 10.98.0.{own}/32 dev r{number}");
        _space.Ip($"addr add fd98::{own}/128 dev r{number} nodad");
        _space.Ip($"link set r{number} up");
        host.Ip($"addr add {v4}/32 dev v{number}");
        host.Ip($"addr add {v6}/128 dev v{number} nodad");
        host.Ip($"link set v{number} up");
        _space.Ip($"route add {v4}/32 dev r{number}");
        _space.Ip($"-6 route add {v6}/128 dev r{number}");
        host.Ip($"route add 10.98.0.{own}/32 dev v{number}");
        host.Ip($"-6 route add fd98::{own}/128 dev v{number}");
        host.Ip($"route add {other4}/32 via 10.98.0.{own} src {v4}");
        host.Ip($"-6 route add {other6}/128 via fd98::{own} src {v6}");
    }
}
