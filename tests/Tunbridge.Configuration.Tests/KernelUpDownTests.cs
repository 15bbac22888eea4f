// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Tunbridge.Changes;
using Tunbridge.Linux;
using Tunbridge.Netlink;
using Tunbridge.Testing;

namespace Tunbridge.Configuration.Tests;

/// <summary>up, down and status against a real kernel, in namespaces of their own.</summary>
public sealed partial class KernelUpDownTests
{
    private static DesiredState Default => ConfigurationFile.Parse(ConfigurationFile.DefaultText, "t.yaml", "default");

    [Fact]
    public void Up_EmbeddedDefault_GivesTheClassicCardAndThenNothing()
    {
        using TestNamespace space = Space();

        Up(space, Default);

        string shown = space.Ip("-d address show dev tap0");
        foreach (string part in (string[])["PROMISC", "UP", "inet 192.168.0.1/24 brd 192.168.0.255", "type tap", "persist on", "user root"])
            Assert.Contains(part, shown, StringComparison.Ordinal);
        Assert.True(Plan(space, Default).IsEmpty);
        Assert.Equal(0, Status(space, Default).ExitCode);
    }

    [Fact]
    public void Up_ThenDown_LeavesTheKernelAsItWas()
    {
        using TestNamespace space = Space();
        string before = Dump(space);
        DesiredState desired = Parse("""
            devices:
              tap0: {kind: tap, addresses: [10.1.0.1/24, fd00::1/64], bridge: {name: br5, create: true}}
              tap1: {kind: tap, bridge: {name: br5, create: true}, up: false, mac: "02:00:5e:10:00:01", mtu: 1400}
              tun0: {kind: tun, group: 12, offload: off}
            """);

        Up(space, desired);
        Assert.True(Plan(space, desired).IsEmpty);
        Down(space, desired);

        Assert.Equal(before, Dump(space));
        Assert.Equal(3, Status(space, desired).ExitCode);
        Assert.True(space.Run(() => Planner.Down(desired, Read())).IsEmpty);
    }

    [Fact]
    public void Up_ForeignCardForced_IsAdopted()
    {
        using TestNamespace space = Space();
        space.Ip("tuntap add dev tap0 mode tap user 1");
        int index = space.Run(() => Read().Find("tap0")!.Index);

        Apply(space, space.Run(() => Planner.Up(Default, Read(), new() { Force = true })));

        Assert.Equal(index, space.Run(() => Read().Find("tap0")!.Index));
        Assert.True(Plan(space, Default).IsEmpty);
        Down(space, Default);
        Assert.DoesNotContain("tap0", space.Ip("link"), StringComparison.Ordinal);
    }

    [Fact]
    public void Up_TwoInstances_SurviveEachOther()
    {
        using TestNamespace space = Space();
        DesiredState one = Parse("devices: {tap1: {kind: tap, addresses: [10.1.0.1/24]}, tap2: {kind: tap}}", "one");
        DesiredState two = Parse("devices: {tap3: {kind: tap, addresses: [10.3.0.1/24]}, tun4: {kind: tun}}", "two");

        Up(space, one);
        Up(space, two);
        Assert.Equal((0, 0), (Status(space, one).ExitCode, Status(space, two).ExitCode));

        Down(space, one);
        Assert.Equal((3, 0), (Status(space, one).ExitCode, Status(space, two).ExitCode));
        Up(space, one);
        Down(space, two);
        Assert.Equal((0, 3), (Status(space, one).ExitCode, Status(space, two).ExitCode));
        Assert.Contains("overlaps 10.1.0.0/24 on tap1", Assert.Throws<ChangeRefusedException>(
            () => Up(space, Parse("devices: {tap3: {kind: tap, addresses: [10.1.0.9/24]}}", "two"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Up_CardTakenOutOfTheFile_IsRemovedAndOthersStay()
    {
        using TestNamespace space = Space();
        space.Ip("tuntap add dev other mode tap");
        Up(space, Parse("devices: {tap1: {kind: tap}, tap2: {kind: tap}}"));
        DesiredState less = Parse("devices: {tap2: {kind: tap}}");
        Assert.Equal(1, Status(space, less).ExitCode);
        Assert.Equal(DeviceCondition.Undeclared, Status(space, less).Devices[^1].Condition);

        Up(space, less);

        Assert.Equal(["tap2", "other"], Cards(space));
        Assert.Equal(0, Status(space, less).ExitCode);
    }

    [Fact]
    public void Up_OneDeviceNamed_TouchesNoOther()
    {
        using TestNamespace space = Space();
        DesiredState desired = Parse("devices: {tap1: {kind: tap}, tap2: {kind: tap}}");

        Apply(space, space.Run(() => Planner.Up(desired, Read(), new() { Devices = ["tap2"] })));

        Assert.Equal(["tap2"], Cards(space));
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => Planner.Up(desired, new([], [], []), new() { Devices = ["tap3"] }));
        Assert.Contains("declares no card 'tap3', it declares tap1, tap2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Up_FailingStep_RestoresTheKernel()
    {
        using TestNamespace space = Space();
        Up(space, Parse("devices: {tap1: {kind: tap, mtu: 1400}, tap9: {kind: tap}}"));
        // tap1 exists, so that IPv6 can be switched off on it; tap2 is new and made before tap1's address fails.
        Assert.Equal(0, space.Exec("sh", "-c", "echo 1 >/proc/sys/net/ipv6/conf/tap1/disable_ipv6").ExitCode);

        string before = Dump(space);

        ChangeFailedException error = Assert.Throws<ChangeFailedException>(() => Up(
            space, Parse("devices: {tap1: {kind: tap, mtu: 1450, addresses: ['10.1.0.1/24', 'fd00::1/64']}, tap2: {kind: tap}}")));

        Assert.Contains("add the address fd00::1/64 to tap1", error.Message, StringComparison.Ordinal);
        Assert.Contains("disable_ipv6=0", error.Message, StringComparison.Ordinal);
        Assert.Empty(error.UndoFailures);
        Assert.Equal(before, Dump(space));
    }

    [Fact]
    public void Up_KindChanges_IsAskedForAndThenRemade()
    {
        using TestNamespace space = Space();
        Up(space, Parse("devices: {vpn0: {kind: tap, owner: 1}}"));
        DesiredState changed = Parse("devices: {vpn0: {kind: tun}}");

        ChangeRefusedException error = Assert.Throws<ChangeRefusedException>(() => Up(space, changed));
        Assert.Contains("vpn0 must be deleted and made anew: it is a TAP and is to be a TUN", error.Message, StringComparison.Ordinal);

        Apply(space, space.Run(() => Planner.Up(changed, Read(), new() { Force = true })));
        Assert.Contains("type tun", space.Ip("-d link show vpn0"), StringComparison.Ordinal);
        Assert.True(Plan(space, changed).IsEmpty);
    }

    [Fact]
    public void Up_FiveHundredCards_AreMadeAndTakenAway()
    {
        using TestNamespace space = Space();
        string before = Dump(space);
        DesiredState desired = Parse("devices:\n" + string.Concat(Enumerable.Range(0, 500).Select(i =>
            $"  t{i}: {{kind: tap, owner: root, addresses: [10.{i / 250}.{i % 250}.1/24], promiscuous: true}}\n")));

        Up(space, desired);
        Assert.True(Plan(space, desired).IsEmpty);
        Assert.Equal(0, Status(space, desired).ExitCode);
        Down(space, desired);

        Assert.Equal(before, Dump(space));
    }

    [Fact]
    public void Up_NameOfOwnBridge_IsRefused()
    {
        using TestNamespace space = Space();
        Up(space, Parse("devices: {tap0: {kind: tap, bridge: {name: x0, create: true}}}"));

        ChangeRefusedException error = Assert.Throws<ChangeRefusedException>(() => Up(space, Parse("devices: {x0: {kind: tap}}")));

        Assert.Contains("is no TUN or TAP card (bridge", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Status_EachAttributeChanged_IsToldWithBothValues()
    {
        using TestNamespace space = Space();
        space.Ip("link add br0 type bridge");
        DesiredState desired = Parse("devices: {tap0: {kind: tap, owner: root, addresses: [10.1.0.1/24], mac: '02:00:5e:10:00:01'}}");
        Up(space, desired);
        space.Ip("link set tap0 mtu 1400 promisc on address 02:00:5e:10:00:02 master br0 down");
        space.Ip("address add 10.2.0.1/24 dev tap0");

        DeviceStatus status = Assert.Single(Status(space, desired).Devices);

        Assert.Equal(
            [
                "addresses: declared 10.1.0.1/24, found 10.1.0.1/24, 10.2.0.1/24", "promiscuous: declared false, found true",
                "mtu: declared 1500, found 1400", "mac: declared 02:00:5e:10:00:01, found 02:00:5e:10:00:02",
                "bridge: declared none, found br0", "up: declared true, found false",
            ],
            status.Differences.Select(d => d.ToString()));
        Assert.Equal(1, Status(space, desired).ExitCode);
        Up(space, desired);
        Assert.Equal(0, Status(space, desired).ExitCode);
    }

    [Fact]
    public void Apply_RandomFiles_ConvergeAndDownRestores()
    {
        using TestNamespace space = Space();
        space.Ip("link add br0 type bridge");
        space.Ip("link add keep type veth peer name keep1");
        space.Ip("link set keep master br0");
        string before = Dump(space);
        Random random = new(4711);
        for (int round = 0; round < 25; round++)
        {
            DesiredState desired = Parse(RandomFile(random));
            Apply(space, space.Run(() => Planner.Up(desired, Read(), new() { Force = true })));
            ChangePlan again = Plan(space, desired);
            Assert.True(again.IsEmpty, string.Join("; ", again.Changes));
            Assert.Equal(0, Status(space, desired).ExitCode);
        }

        Down(space, Parse("devices: {}"));

        Assert.Equal(before, Dump(space));
    }

    private static string RandomFile(Random random)
    {
        List<string> cards = [];
        for (int i = 0; i < 5; i++)
        {
            if (random.Next(4) == 0)
                continue;
            bool tap = random.Next(3) > 0;
            List<string> keys = [tap ? "kind: tap" : "kind: tun"];
            if (random.Next(2) == 0)
                keys.Add($"owner: {random.Next(3)}");
            if (random.Next(3) == 0)
                keys.Add($"mtu: {random.Next(1280, 3000)}");
            if (tap && random.Next(3) == 0)
                keys.Add($"mac: '02:00:00:00:00:{random.Next(10, 99)}'");
            if (tap && random.Next(3) == 0)
                keys.Add(random.Next(2) == 0 ? "bridge: br0" : "bridge: {name: br7, create: true}");
            keys.Add($"addresses: [{string.Join(", ", Enumerable.Range(0, 4).Where(_ => random.Next(2) == 0).Select(n =>
                n < 3 ? $"10.{i}.0.{n + 1}/{24 + (random.Next(2) * 4)}" : $"'fd0{i}::{n}/{64 - (random.Next(2) * 8)}'"))}]");
            keys.Add(random.Next(2) == 0 ? "promiscuous: true" : "promiscuous: false");
            keys.Add(random.Next(3) == 0 ? "up: false" : "up: true");
            cards.Add($"  card{i}: {{{string.Join(", ", keys)}}}\n");
        }

        return cards.Count == 0 ? "devices: {}\n" : $"devices:\n{string.Concat(cards)}";
    }

    private static TestNamespace Space()
    {
        RealTool.Require("ip");
        return new TestNamespace();
    }

    private static DesiredState Parse(string text, string instance = "test") => ConfigurationFile.Parse(text, "t.yaml", instance);

    private static HostState Read()
    {
        using RouteNetlink netlink = RouteNetlink.Open();
        return HostState.Read(netlink);
    }

    private static ChangePlan Plan(TestNamespace space, DesiredState desired) => space.Run(() => Planner.Up(desired, Read()));

    private static StatusReport Status(TestNamespace space, DesiredState desired) =>
        space.Run(() => StatusReport.Create(desired, Read()));

    private static void Up(TestNamespace space, DesiredState desired) => Apply(space, Plan(space, desired));

    private static void Down(TestNamespace space, DesiredState desired) =>
        Apply(space, space.Run(() => Planner.Down(desired, Read())));

    private static void Apply(TestNamespace space, ChangePlan plan) => space.Run(() =>
    {
        using RouteNetlink netlink = RouteNetlink.Open();
        plan.Apply(netlink);
    });

    private static IEnumerable<string> Cards(TestNamespace space) =>
        space.Run(() => Read().Links.Where(l => l.Tun is not null).Select(l => l.Name).OrderDescending());

    // Without what moves by itself: a bridge's timers and ids, and what follows from carrier and duplicate detection.
    private static string Dump(TestNamespace space) => Regex.Replace(
        space.Ip("-j -d link") + space.Ip("-j address") + space.Ip("-j route show table all") + space.Ip("-j -6 route show table all"),
        @"""\w+_timer"":[0-9.]+|""(bridge|root)_id"":""[^""]*""|""(NO-CARRIER|LOWER_UP|linkdown)"",?|""operstate"":""\w+""|""tentative"":true,", "");
}
