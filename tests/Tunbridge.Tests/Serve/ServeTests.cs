// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Tunbridge.Linux;
using Tunbridge.Testing;
using Tunbridge.Tests.Commands;

namespace Tunbridge.Tests.Serve;

/// <summary>The service: drift, notifications, carriers, its socket, and its end.</summary>
public sealed class ServeTests
{
    private const string Cards = """
        devices:
          tap3:
            kind: tap
            addresses: [10.3.0.1/24]
            mtu: 1400
            bridge: {name: brs, create: {stp: true}}
            mac: 02:00:00:00:00:03
            txqueuelen: 500
            up: true
          tap4:
            kind: tap
            owner: root
            group: root
            addresses: [10.4.0.1/24]
            routes: [{to: 10.44.0.0/16}, {to: 10.45.0.0/16, type: blackhole}]
            rules: [{from: 10.4.0.0/24, table: 44, priority: 500}]
            sysctl: {rp-filter: 2, forwarding: true, proxy-arp: true, ignore-routes-with-linkdown: true, disable-ipv6: false}
            description: the fourth
            alt-names: [fourth, quatre]
            after: [tap3]
            vnet-header: true
        """;

    private const string Carrier = """
        devices:
          tap5: {kind: tap, multi-queue: true, keep-carrier: true}
        """;

    public static TheoryData<string, string, string, string, string> Drifts => new()
    {
        { "ip link set tap3 mtu 1300", "tap3", "mtu", "1400", "1300" },
        { "ip link set tap3 promisc on", "tap3", "promiscuous", "false", "true" },
        { "ip link set tap3 nomaster", "tap3", "bridge", "brs", "" },
        { "ip link set tap3 down", "tap3", "up", "true", "false" },
        { "ip addr add 10.9.0.1/24 dev tap3", "tap3", "addresses", "10.3.0.1/24", "10.3.0.1/24, 10.9.0.1/24" },
        { "ip addr del 10.3.0.1/24 dev tap3", "tap3", "addresses", "10.3.0.1/24", "" },
        { "ip route del 10.44.0.0/16", "tap4", "routes", "10.44.0.0/16", "" },
        { "ip link del tap4", "tap4", "state", "present", "missing" },
        { "ip link set tap3 txqueuelen 77", "tap3", "txqueuelen", "500", "77" },
        { "ip link set tap3 address 02:00:00:00:00:99", "tap3", "mac", "02:00:00:00:00:03", "02:00:00:00:00:99" },
        { "ip link set tap3 multicast off", "tap3", "multicast", "true", "false" },
        { "ip link set tap3 allmulticast on", "tap3", "all-multicast", "false", "true" },
        { "ip link set tap3 arp off", "tap3", "arp", "true", "false" },
        { "ip link del brs", "tap3", "bridge", "brs", "" },
        { "ip rule del priority 500", "tap4", "rules", "priority 500 from 10.4.0.0/24", "" },
        { "sysctl net/ipv4/conf/tap4/rp_filter 0", "tap4", "net.ipv4.conf.tap4.rp_filter", "2", "0" },
        { "sysctl net/ipv4/conf/tap4/forwarding 0", "tap4", "net.ipv4.conf.tap4.forwarding", "1", "0" },
        { "sysctl net/ipv6/conf/tap4/forwarding 0", "tap4", "net.ipv6.conf.tap4.forwarding", "1", "0" },
        { "sysctl net/ipv4/conf/tap4/proxy_arp 0", "tap4", "net.ipv4.conf.tap4.proxy_arp", "1", "0" },
        { "sysctl net/ipv4/conf/tap4/ignore_routes_with_linkdown 0", "tap4", "net.ipv4.conf.tap4.ignore_routes_with_linkdown", "1", "0" },
        // An interface has link-local addresses to lose.
        { "sysctl net/ipv6/conf/tap4/disable_ipv6 1", "tap4", "net.ipv6.conf.tap4.disable_ipv6", "0", "1" },
        { "owner", "tap4", "owner", "root", "nobody" },
        { "ip link set tap4 alias tunbridge:SERVICE~theirs", "tap4", "description", "the fourth", "theirs" },
        { "ip link property del dev tap4 altname fourth", "tap4", "alt-names", "fourth, quatre", "quatre" },
        { "ip link set brs type bridge stp_state 0", "tap3", "bridge.create", "stp true", "stp false" },
        { "ip route del blackhole 10.45.0.0/16", "tap4", "routes", "blackhole 10.45.0.0/16", "" },
        { "group", "tap4", "group", "root", "nogroup" },
        { "attach", "tap4", "vnet-header", "true", "false" },
    };

    [Theory]
    [MemberData(nameof(Drifts))]
    public async Task Drift_OfAnAttribute_IsToldWithBothValuesAndMended(string change, string card, string key, string declared, string found)
    {
        using ServedFile served = new($"on-drift: repair\n{Cards}");
        await served.HeardAsync("READY=1");
        using StreamReader monitor = served.Connect("monitor");
        await served.EventAsync(monitor, e => e.GetProperty("event").GetString() == "listening");

        using FileDescriptor? attached = served.Space.Run(() => Change(change.Replace("SERVICE", served.Name, StringComparison.Ordinal)));

        JsonElement drift = await served.EventAsync(monitor, e => IsOf(e, "drift", card, key));
        Assert.StartsWith(found, drift.GetProperty("found").GetString(), StringComparison.Ordinal);
        Assert.StartsWith(declared, drift.GetProperty("declared").GetString(), StringComparison.Ordinal);
        attached?.Dispose();
        await served.EventAsync(monitor, e => IsOf(e, "settled", card, key));
        Assert.Equal(0, served.Space.Tunbridge($"status -f {served.File.Path} --name {served.Name}").ExitCode);
    }

    [Fact]
    public async Task Drift_ThatComesBackEachTime_IsGivenUpForAWhile()
    {
        using ServedFile served = new($"on-drift: repair\n{Cards}");
        await served.HeardAsync("READY=1");
        using StreamReader monitor = served.Connect("monitor");
        await served.EventAsync(monitor, e => e.GetProperty("event").GetString() == "listening");
        string? last = null;
        for (int i = 0; i < 50 && last != "repair-failed"; i++)
        {
            served.Space.Ip("link set tap3 mtu 1300");
            last = (await served.EventAsync(monitor, e => e.GetProperty("event").GetString() is "settled" or "repair-failed")).GetProperty("event").GetString();
        }

        Assert.Equal("repair-failed", last);
        Assert.Contains("another program changes it", served.Log, StringComparison.Ordinal);
        // Later it is tried again, without anything else happening.
        await served.EventAsync(monitor, e => IsOf(e, "settled", "tap3", "mtu"));
    }

    [Fact]
    public async Task Drift_WithReport_IsToldAndLeft()
    {
        using ServedFile served = new(Cards);
        await served.HeardAsync("READY=1");
        using StreamReader monitor = served.Connect("monitor");
        await served.EventAsync(monitor, e => e.GetProperty("event").GetString() == "listening");
        served.Space.Ip("link set tap3 mtu 1300");
        await served.EventAsync(monitor, e => IsOf(e, "drift", "tap3", "mtu"));
        Assert.Equal(1300, served.Space.Link("tap3").GetProperty("mtu").GetInt32());
        Assert.Contains("drift: tap3: mtu: declared 1400, found 1300", served.Log, StringComparison.Ordinal);
        JsonElement status = JsonDocument.Parse(await served.AskAsync("status")).RootElement.GetProperty("devices")[0];
        Assert.Equal("different", status.GetProperty("status").GetString());
        Assert.Contains("tunbridge_interface_drift{interface=\"tap3\",field=\"mtu\"} 1\n", await served.AskAsync("metrics"), StringComparison.Ordinal);
        served.Space.Ip("link set tap3 mtu 1400");
        await served.EventAsync(monitor, e => IsOf(e, "settled", "tap3", "mtu"));
    }

    [Fact]
    public async Task Notifications_OfALife_ComeInOrder()
    {
        using ServedFile served = new($"on-stop: remove\n{Cards}");
        List<string> start = await served.HeardAsync("READY=1");
        Assert.Contains(start, l => l.StartsWith("told STATUS=making", StringComparison.Ordinal));
        Assert.True(served.Space.HasLink("tap3"));
        await served.HeardAsync("WATCHDOG=1");

        served.File.Write("devices: [\n");
        served.Tell("signal HUP");
        Assert.Matches(@"^told RELOADING=1 MONOTONIC_USEC=\d+$", (await served.HeardAsync("RELOADING=1"))[^1]);
        Assert.Contains("reload failed", (await served.HeardAsync("READY=1"))[^1], StringComparison.Ordinal);
        Assert.True(served.Space.HasLink("tap3"));

        served.File.Write("on-stop: remove\ndevices: {tap6: {kind: tap}}\n");
        served.Tell("signal HUP");
        await served.HeardAsync("RELOADING=1");
        await served.HeardAsync("READY=1");
        Assert.Equal((false, true), (served.Space.HasLink("tap3"), served.Space.HasLink("tap6")));

        served.Tell("signal TERM");
        await served.HeardAsync("STOPPING=1");
        await served.HeardAsync("ended 0");
        Assert.False(served.Space.HasLink("tap6"));
        Assert.False(File.Exists(served.SocketPath));
    }

    [Fact]
    public async Task Reload_CutsTheHostOff_IsRefusedAndNothingChanges()
    {
        using ServedFile served = new(Cards);
        await served.HeardAsync("READY=1");
        served.Space.Ip("link add lan0 type veth peer name far0");
        served.Space.Ip("link set lan0 up");
        served.Space.Ip("addr add 192.168.0.7/24 dev lan0");
        string before = Dump(served);
        served.File.Write(Cards.Replace("10.3.0.1/24", "192.168.0.1/24", StringComparison.Ordinal));

        served.Tell("signal HUP");

        await served.HeardAsync("RELOADING=1");
        string answer = (await served.HeardAsync("READY=1"))[^1];
        foreach (string said in (string[])["reload failed", "192.168.0.1/24", "tap3", "lan0"])
            Assert.Contains(said, answer, StringComparison.Ordinal);
        Assert.Equal(before, Dump(served));
    }

    [Fact]
    public async Task Carrier_OverARestart_NeverDrops()
    {
        using ServedFile served = new(Carrier);
        List<string> start = await served.HeardAsync("READY=1");
        Assert.Contains(start, l => l == "told FDSTORE=1 FDNAME=carrier-tap5 FDPOLL=0 +fd");
        long changes = CarrierChanges(served);
        Assert.True(served.Space.Link("tap5").HasFlag("LOWER_UP"));

        foreach (string signal in (string[])["TERM", "KILL"])
        {
            served.Tell($"signal {signal}");
            await served.HeardAsync("ended");
            Assert.True(served.Space.Link("tap5").HasFlag("LOWER_UP"));
            served.Tell("start");
            Assert.DoesNotContain(await served.HeardAsync("READY=1"), l => l.Contains("FDSTORE=1", StringComparison.Ordinal));
            Assert.Contains("1 carriers held", await StatusLineAsync(served), StringComparison.Ordinal);
        }

        Assert.Equal(changes, CarrierChanges(served));
        // The held queue is detached: a reader has the card to itself, and leaves it with its carrier.
        using (FileDescriptor reader = served.Space.Run(() => Attach("tap5", TunFlags.Tap | TunFlags.MultiQueue | TunFlags.NoPacketInformation)))
            Assert.Equal(1, served.Space.Link("tap5").InfoData().GetProperty("numqueues").GetInt32());
        Assert.Equal(changes, CarrierChanges(served));
    }

    [Fact]
    public async Task Carrier_OfSeveralQueues_IsHeldByAllAndCostsAReaderNothing()
    {
        using ServedFile served = new(Carrier.Replace("keep-carrier: true", "keep-carrier: true, queues: 5, addresses: [10.5.0.1/24]", StringComparison.Ordinal));
        List<string> start = await served.HeardAsync("READY=1");
        Assert.Equal(5, start.Count(l => l == "told FDSTORE=1 FDNAME=carrier-tap5 FDPOLL=0 +fd"));
        Assert.Equal((0, 5), Queues(served));
        long changes = CarrierChanges(served);

        // Fewer and more of them change nothing for the carrier.
        foreach (int count in (int[])[2, 7])
        {
            served.File.Write(Carrier.Replace("keep-carrier: true", $"keep-carrier: true, queues: {count}, addresses: [10.5.0.1/24]", StringComparison.Ordinal));
            await StatusLineAsync(served);
            Assert.Equal((0, count), Queues(served));
        }

        served.Tell("signal KILL");
        await served.HeardAsync("ended");
        served.Tell("start");
        await served.HeardAsync("READY=1");
        Assert.Equal((0, 7), Queues(served));
        Assert.Equal(changes, CarrierChanges(served));

        // Every packet goes to the one who is attached, none into a detached queue.
        using FileDescriptor reader = served.Space.Run(() => Attach("tap5", TunFlags.Tap | TunFlags.MultiQueue | TunFlags.NoPacketInformation));
        Assert.Equal((1, 7), Queues(served));
        served.Space.Ip("neigh add 10.5.0.2 lladdr 02:00:00:00:00:02 dev tap5");
        served.Space.Run(() =>
        {
            using System.Net.Sockets.UdpClient sender = new("10.5.0.2", 9);
            for (int i = 0; i < 200; i++)
                sender.Send([0x5a, (byte)i]);
        });
        HashSet<byte> seen = [];
        byte[] frame = new byte[2000];
        while (reader.Read(frame, out int length) == Errno.None)
        {
            if (length >= 44 && frame[42] == 0x5a && frame[36] == 0 && frame[37] == 9)
                seen.Add(frame[43]);
        }

        Assert.Equal(200, seen.Count);
    }

    private static (int Attached, int Detached) Queues(ServedFile served)
    {
        JsonElement data = served.Space.Link("tap5").InfoData();
        return (data.GetProperty("numqueues").GetInt32(), data.GetProperty("numdisabled").GetInt32());
    }

    [Fact]
    public async Task Requires_WhatGoes_IsToldAndNotMended()
    {
        using ServedFile served = new("on-drift: repair\ndevices: {tap6: {kind: tap, requires: [lo]}}\n");
        await served.HeardAsync("READY=1");
        served.Space.Ip("link add eth7 type veth peer name peer7");
        served.File.Write("on-drift: repair\ndevices: {tap6: {kind: tap, requires: [eth7]}}\n");
        await StatusLineAsync(served);
        using StreamReader monitor = served.Connect("monitor");
        await served.EventAsync(monitor, e => e.GetProperty("event").GetString() == "listening");

        served.Space.Ip("link del eth7");
        await served.EventAsync(monitor, e => IsOf(e, "drift", "tap6", "requires"));
        served.Space.Ip("link add eth7 type veth peer name peer7");
        await served.EventAsync(monitor, e => IsOf(e, "settled", "tap6", "requires"));

        Assert.DoesNotContain("cannot be repaired", served.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kill_AndStart_FindsTheSameCards()
    {
        using ServedFile served = new(Cards);
        await served.HeardAsync("READY=1");
        string before = Dump(served);
        served.Tell("signal KILL");
        await served.HeardAsync("ended -9");
        Assert.Equal(before, Dump(served));
        Assert.Contains("start it with", served.Space.Tunbridge($"status --prometheus -f {served.File.Path} --name {served.Name}").AssertOneLine(1), StringComparison.Ordinal);
        served.Tell("start");
        await served.HeardAsync("READY=1");
        Assert.Equal(before, Dump(served));
        Assert.Contains("tunbridge_interface_up{interface=\"tap3\"} 1\n", served.Space.Must($"status --prometheus -f {served.File.Path} --name {served.Name}"), StringComparison.Ordinal);
        served.Tell("signal TERM");
        await served.HeardAsync("ended 0");
        Assert.Equal(before, Dump(served));
    }

    [Fact]
    public async Task Socket_IsForTheGroupAndOneService()
    {
        using ServedFile served = new(Cards);
        await served.HeardAsync("READY=1");
        Assert.Equal("660\n", CommandResult.Of("stat", "-c", "%a", served.SocketPath).Output);
        Assert.Contains("runs already", served.Space.Tunbridge($"serve -f {served.File.Path} --name {served.Name}").AssertOneLine(1), StringComparison.Ordinal);
        Assert.Equal("matching", JsonDocument.Parse(await served.AskAsync("status")).RootElement.GetProperty("devices")[0].GetProperty("status").GetString());
        Assert.True(JsonDocument.Parse(await served.AskAsync("reload")).RootElement.GetProperty("reloaded").GetBoolean());
        Assert.Contains("no such request", await served.AskAsync("rm -rf"), StringComparison.Ordinal);
        Assert.Contains("no such request", await served.AskAsync(new string('x', 200)), StringComparison.Ordinal);
    }

    // Indices tell a card from one made anew; timers and a bridge's own carrier move by themselves.
    private static string Dump(ServedFile served) => string.Join('\n', JsonDocument.Parse(served.Space.Ip("-j addr")).RootElement.EnumerateArray().Select(
        l => $"{l.GetProperty("ifindex")} {l.GetProperty("ifname")} {l.GetProperty("mtu")} {(l.TryGetProperty("master", out JsonElement master) ? master : "")} " +
            $"{l.GetProperty("address")} {l.HasFlag("UP")} {string.Join(' ', l.GivenAddresses())}")) + served.Space.Ip("route").Replace(" dead", "", StringComparison.Ordinal).Replace(" linkdown", "", StringComparison.Ordinal);

    [Fact]
    public async Task Socket_AskedByTheGroup_TellsAndChangesNothing()
    {
        RealRoot.Require();
        RealTool.Require("setpriv");
        using ServedFile served = new(Cards);
        await served.HeardAsync("READY=1");
        Assert.SkipUnless(File.Exists("/usr/bin/python3"), "needs a python3 that every user may run");
        const string ask = "import socket,sys; s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.sendall(sys.argv[2].encode()+b'\\n'); print(s.makefile().read())";
        CommandResult Ask(string group, string request) => CommandResult.Of(
            "setpriv", "--reuid=65534", $"--regid={group}", "--clear-groups", "/usr/bin/python3", "-c", ask, served.SocketPath, request);

        Assert.Contains("\"matching\"", Ask("0", "status").Output, StringComparison.Ordinal);
        Assert.Contains("only root may reload", Ask("0", "reload").Output, StringComparison.Ordinal);
        Assert.Contains("Permission", Ask("65534", "status").Error, StringComparison.Ordinal);
    }

    private static async Task<string> StatusLineAsync(ServedFile served)
    {
        served.Tell("signal HUP");
        await served.HeardAsync("RELOADING=1");
        return (await served.HeardAsync("READY=1"))[^1];
    }

    private static long CarrierChanges(ServedFile served) =>
        JsonDocument.Parse(served.Space.Ip("-j -s -s -d link show dev tap5")).RootElement[0].TryGetProperty("carrier_changes", out JsonElement count)
            ? count.GetInt64()
            : served.Space.Run(() =>
            {
                using Netlink.RouteNetlink netlink = Netlink.RouteNetlink.Open();
                return netlink.Links.List("tun").Single(l => l.Name == "tap5").CarrierChanges;
            });

    private static bool IsOf(JsonElement happened, string kind, string card, string key) =>
        happened.GetProperty("event").GetString() == kind && happened.GetProperty("device").GetString() == card &&
        happened.GetProperty("key").GetString() == key;

    private static FileDescriptor? Change(string change)
    {
        switch (change)
        {
            case "owner":
                using (FileDescriptor card = Attach("tap4", TunFlags.Tap | TunFlags.NoPacketInformation | TunFlags.VirtioHeader))
                    Assert.Equal(Errno.None, TunControl.TrySetOwner(card, UserDatabase.FindUserId("nobody")!.Value));
                return null;
            case "attach":
                return Attach("tap4", TunFlags.Tap | TunFlags.NoPacketInformation);
            case "group":
                using (FileDescriptor card = Attach("tap4", TunFlags.Tap | TunFlags.NoPacketInformation | TunFlags.VirtioHeader))
                    Assert.Equal(Errno.None, TunControl.TrySetGroup(card, UserDatabase.FindGroupId("nogroup")!.Value));
                return null;
            case ['s', 'y', 's', 'c', 't', 'l', ..]:
                File.WriteAllText($"/proc/sys/{change.Split(' ')[1]}", change.Split(' ')[2]);
                return null;
            default:
                string[] words = [.. change.Split(' ').Select(w => w.Replace('~', ' '))];
                Assert.Equal(0, CommandResult.Of(words[0], words[1..]).ExitCode);
                return null;
        }
    }

    private static FileDescriptor Attach(string name, TunFlags flags)
    {
        FileDescriptor descriptor = TunControl.Open();
        Assert.Equal(Errno.None, TunControl.TrySetInterface(descriptor, name, flags, out _));
        return descriptor;
    }
}
