// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using Tunbridge.Changes;
using Tunbridge.Devices;
using Tunbridge.Linux;
using Tunbridge.Testing;

namespace Tunbridge.Hosting.Tests;

/// <summary>
/// A host behind a router, with a card that a tunnel would have; the server is on the other side.
/// <code>
/// host: tun0, e0 192.168.7.2/24 ── 192.168.7.1 router 203.0.113.1 ── 203.0.113.9 server
///             fd07::2/64                fd07::1         2001:db8::1     2001:db8::9
/// </code>
/// </summary>
internal sealed class HostRig : IAsyncDisposable
{
    internal const string Server = "203.0.113.9";
    internal const string ServerV6 = "2001:db8::9";

    private readonly TestNamespace _router = new();
    private readonly TestNamespace _server = new();
    private readonly string _files = Directory.CreateTempSubdirectory("tunnel-host").FullName;
    private readonly List<Process> _holders = [];
    private readonly List<TunnelHost> _hosts = [];
    private TunDevice? _card;

    internal HostRig(string defaultMetric = "")
    {
        RealTool.Require("ping");
        Cable(Space, "e0", _router, "r0");
        Cable(_router, "r1", _server, "s0");
        Space.Ip("addr add 192.168.7.2/24 dev e0");
        Space.Ip("addr add fd07::2/64 dev e0 nodad");
        _router.Ip("addr add 192.168.7.1/24 dev r0");
        _router.Ip("addr add fd07::1/64 dev r0 nodad");
        _router.Ip("addr add 203.0.113.1/24 dev r1");
        _router.Ip("addr add 2001:db8::1/64 dev r1 nodad");
        _server.Ip($"addr add {Server}/24 dev s0");
        _server.Ip($"addr add {ServerV6}/64 dev s0 nodad");
        _router.Run(() =>
        {
            File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1");
            File.WriteAllText("/proc/sys/net/ipv6/conf/all/forwarding", "1");
        });
        Space.Ip($"route add default via 192.168.7.1 {defaultMetric}");
        Space.Ip("-6 route add default via fd07::1");
        _server.Ip("route add default via 203.0.113.1");
        _server.Ip("-6 route add default via 2001:db8::1");
        OpenCard();
    }

    internal TestNamespace Space { get; } = new();

    /// <summary>Where the server is.</summary>
    internal TestNamespace ServerSpace => _server;

    internal KeptLog Log { get; } = new();

    /// <summary>A file of the host, such as etc/resolv.conf.</summary>
    internal void Write(string path, string text)
    {
        string whole = Path.Combine(_files, path);
        Directory.CreateDirectory(Path.GetDirectoryName(whole)!);
        File.WriteAllText(whole, text);
    }

    /// <summary>A process in the host's namespace, by which others find it.</summary>
    internal int Holder()
    {
        Process holder = Space.Start("sleep", "3600");
        _holders.Add(holder);
        return holder.Id;
    }

    internal void OpenCard() => _card = TunDevice.Create(new DeviceOptions { Name = "tun0", Namespace = Space.Namespace });

    internal void CloseCard() => _card?.Dispose();

    internal TunnelHost Host(HostResolver? resolver = null)
    {
        TunnelHost host = new(new() { Tunnel = "office", Log = Log, Namespace = Space.Namespace, Resolver = resolver, FilesRoot = _files });
        _hosts.Add(host);
        return host;
    }

    internal static HostDemand Demand(RedirectGateway? redirect = null, params TunnelRoute[] routes) => new()
    {
        Addresses = [new() { Address = IPAddress.Parse("10.8.0.2"), PrefixLength = 24 }, new() { Address = IPAddress.Parse("fd08::1000"), PrefixLength = 64 }],
        Routes = routes,
        Redirect = redirect is null ? null : redirect with { Gateway = IPAddress.Parse("10.8.0.1") },
        Outside = [IPAddress.Parse(Server), IPAddress.Parse(ServerV6)],
    };

    internal static TunnelRoute Route(string network, string? gateway = null, bool outside = false) => new()
    {
        Network = IPNetwork.Parse(network),
        Gateway = gateway is null ? null : IPAddress.Parse(gateway),
        IsOutside = outside,
    };

    /// <summary>All routes of both families, one a line, without what the kernel makes for addresses by itself.</summary>
    internal string Routes() => string.Join('\n', (Space.Ip("route") + Space.Ip("-6 route")).Split('\n')
        .Where(l => l.Length > 0 && !l.StartsWith("fe80", StringComparison.Ordinal)).Select(l => l.Trim()).Order(StringComparer.Ordinal));

    /// <summary>The card that packets to an address leave by.</summary>
    internal string WayTo(string address) => Space.Exec("ip", "route", "get", address).Output;

    internal bool ServerAnswers(string address = Server) => Space.Exec("ping", "-c", "1", "-W", "30", address).ExitCode == 0;

    /// <summary>A second way out, by another router.</summary>
    internal void MoveToOtherNetwork()
    {
        Cable(Space, "e1", _router, "r2");
        Space.Ip("addr add 192.168.8.2/24 dev e1");
        _router.Ip("addr add 192.168.8.1/24 dev r2");
        Space.Ip("link set e0 down");
        Space.Ip("route add default via 192.168.8.1");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (TunnelHost host in _hosts)
            await host.DisposeAsync();
        _card?.Dispose();
        foreach (Process holder in _holders)
        {
            holder.Kill();
            holder.Dispose();
        }
        Space.Dispose();
        _router.Dispose();
        _server.Dispose();
        Directory.Delete(_files, recursive: true);
    }

    private void Cable(TestNamespace first, string firstName, TestNamespace second, string secondName)
    {
        Process holder = second.Start("sleep", "3600");
        _holders.Add(holder);
        first.Ip($"link add {firstName} type veth peer name {secondName} netns {holder.Id}");
        first.Ip($"link set {firstName} up");
        second.Ip($"link set {secondName} up");
    }
}
