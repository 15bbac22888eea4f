// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Tunbridge.Changes;
using Tunbridge.Linux;
using Tunbridge.Netlink;
using Tunbridge.Testing;

namespace Tunbridge.Configuration.Tests;

/// <summary>Descriptions, further names, order, a bridge's own settings and routes that lead nowhere, against a real kernel.</summary>
public sealed class KernelAttributeTests
{
    [Theory]
    [InlineData("the lab's first card")]
    [InlineData("tunbridge:other /etc/passwd")]
    [InlineData("/etc/looks/like/a/path.yaml")]
    [InlineData(" begins with a blank")]
    [InlineData("Gäste: #1, {n} 😀")]
    public void Description_OfAnyText_IsInTheAliasAndChangesInPlace(string text)
    {
        using TestNamespace space = Space();
        string quoted = JsonSerializer.Serialize(text);
        DesiredState without = Parse("devices: {tap0: {kind: tap}}");
        DesiredState with = Parse($"devices: {{tap0: {{kind: tap, description: {quoted}}}}}");
        Up(space, without);
        int index = Link(space, "tap0").Index;

        Assert.Equal("describe tap0 as '" + text + "'", Assert.Single(Up(space, with).Changes).Description);
        Assert.Equal(text, OwnershipMark.DescriptionOf(Link(space, "tap0")));
        Assert.True(with.Mark.IsOn(Link(space, "tap0")));
        Assert.Equal(0, Status(space, with).ExitCode);
        Assert.Equal($"description: declared none, found {text}", Differences(space, without));
        Assert.Equal("take the description of tap0 away", Assert.Single(Up(space, without).Changes).Description);

        Assert.Equal(index, Link(space, "tap0").Index);
        Assert.Equal(without.Mark.ToString(), Link(space, "tap0").Alias);
    }

    [Fact]
    public void Description_ChangedBehindOurBack_IsADifferenceAndMended()
    {
        using TestNamespace space = Space();
        DesiredState desired = Parse("devices: {tap0: {kind: tap, description: ours}}");
        Up(space, desired);

        Assert.Equal(0, space.Exec("ip", "link", "set", "tap0", "alias", "tunbridge:test theirs").ExitCode);

        Assert.Equal("description: declared ours, found theirs", Differences(space, desired));
        Up(space, desired);
        Assert.Equal(0, Status(space, desired).ExitCode);
    }

    [Fact]
    public void Description_OfGreatestLength_FitsBesideTheLongestInstance()
    {
        using TestNamespace space = Space();
        string text = new('/', OwnershipMark.MaximumDescriptionBytes);
        DesiredState desired = ConfigurationFile.Parse(
            $"devices: {{tap0: {{kind: tap, description: '{text}'}}}}", "t.yaml", new string('i', OwnershipMark.MaximumInstanceLength));

        Up(space, desired);

        Assert.Equal(text, OwnershipMark.DescriptionOf(Link(space, "tap0")));
    }

    [Fact]
    public void AlternativeNames_AddedMovedAndRemoved_AreInPlaceAndAsDeclared()
    {
        using TestNamespace space = Space();
        Up(space, Parse("devices: {tap0: {kind: tap, alt-names: [guest, a-name-of-more-than-fifteen-bytes]}, tap1: {kind: tap}, tap2: {kind: tap, alt-names: [lab]}}"));
        int index = Link(space, "tap0").Index;
        Assert.Equal(["guest", "a-name-of-more-than-fifteen-bytes"], Link(space, "tap0").AlternativeNames);
        DesiredState moved = Parse("devices: {tap0: {kind: tap, alt-names: [lab]}, tap1: {kind: tap, alt-names: [guest]}}");

        Up(space, moved);

        Assert.Equal((index, "lab"), (Link(space, "tap0").Index, Assert.Single(Link(space, "tap0").AlternativeNames)));
        Assert.Equal("tap1", Link(space, "guest").Name);
        Assert.True(Plan(space, moved).IsEmpty);
        Assert.Equal(0, Status(space, moved).ExitCode);
        space.Ip("link property del dev tap1 altname guest");
        Assert.Equal("alt-names: declared guest, found none", Differences(space, moved));
    }

    [Fact]
    public void AlternativeNames_WhenTheRestFails_AreAsBefore()
    {
        using TestNamespace space = Space();
        Up(space, Parse("devices: {tap0: {kind: tap, alt-names: [guest]}, tap2: {kind: tap, alt-names: [lab]}}"));
        string before = space.Ip("-j link show");
        ChangePlan plan = Plan(space, Parse("devices: {tap0: {kind: tap, alt-names: [lab, late], description: x}}"));
        // Somebody else takes a name after the plan is made.
        space.Ip("link property add dev lo altname late");

        Assert.Throws<ChangeFailedException>(() => Apply(space, plan));

        space.Ip("link property del dev lo altname late");
        JsonElement after = JsonDocument.Parse(space.Ip("-j link show")).RootElement;
        Assert.Equal(
            JsonDocument.Parse(before).RootElement.EnumerateArray().Select(NamesOf).Order(), after.EnumerateArray().Select(NamesOf).Order());

        static string NamesOf(JsonElement link) =>
            $"{link.GetProperty("ifname")} {(link.TryGetProperty("altnames", out JsonElement names) ? names : default)} " +
            $"{(link.TryGetProperty("ifalias", out JsonElement alias) ? alias : default)}";
    }

    [Fact]
    public void Names_ThatAnotherInterfaceHas_AreRefusedByName()
    {
        using TestNamespace space = Space();
        space.Ip("link add eth7 type veth peer name peer7");
        space.Ip("link property add dev eth7 altname uplink");

        Assert.Equal(
            "t.yaml:1:41: the name 'uplink' of tap0 is already a further name of eth7: take it from there, or choose another",
            Assert.Single(Plan(space, Parse("devices: {tap0: {kind: tap, alt-names: [uplink]}}")).Refusals).ToString());
        Assert.StartsWith(
            "t.yaml:1:41: the name 'eth7' of tap0 is already that of another interface (",
            Assert.Single(Plan(space, Parse("devices: {tap0: {kind: tap, alt-names: [eth7]}}")).Refusals).ToString(), StringComparison.Ordinal);
        Assert.Equal(
            "t.yaml:1:11: the name 'uplink' of uplink is already a further name of eth7: take it from there, or choose another",
            Assert.Single(Plan(space, Parse("devices: {uplink: {kind: tap}}")).Refusals).ToString());
        Assert.Equal(3, Status(space, Parse("devices: {uplink: {kind: tap}}")).ExitCode);
    }

    [Fact]
    public void Order_OfCards_IsThatOfAfterAndRequiresBothWays()
    {
        using TestNamespace space = Space();
        DesiredState desired = Parse("devices: {a: {kind: tap, requires: [b]}, b: {kind: tap, after: [c, nowhere]}, c: {kind: tun}, d: {kind: tap}}");

        ChangePlan up = Up(space, desired);

        Assert.Equal(["c", "b", "a", "d"], up.Changes.Where(c => c.Action == "create").Select(c => c.Card));
        Assert.Equal(["c", "b", "a", "d"], up.Changes.Where(c => c is UpChange).Select(c => c.Card));
        ChangePlan down = space.Run(() => Planner.Down(desired, Read()));
        Assert.Equal(["a", "b", "c", "d"], down.Changes.Select(c => c.Card));
        Apply(space, down);
        Assert.Equal(3, Status(space, desired).ExitCode);
    }

    [Fact]
    public void Requires_WhatIsNowhere_IsRefusedUntilItIsThere()
    {
        using TestNamespace space = Space();
        DesiredState desired = Parse("devices: {tap0: {kind: tap, requires: [eth7]}}");

        Assert.Equal(
            "t.yaml:1:40: tap0 requires eth7, which is not there and not declared here: make it first",
            Assert.Single(Plan(space, desired).Refusals).ToString());
        space.Ip("link add eth7 type veth peer name peer7");
        Up(space, desired);
        Assert.Equal(0, Status(space, desired).ExitCode);

        space.Ip("link del eth7");
        Assert.Equal("requires: declared eth7, found none", Differences(space, desired));
    }

    [Fact]
    public void Requires_CardThatIsNotNamed_IsRefusedUnlessItIsThere()
    {
        using TestNamespace space = Space();
        DesiredState desired = Parse("devices: {tap0: {kind: tap, requires: [tap1]}, tap1: {kind: tap}}");

        ChangePlan alone = space.Run(() => Planner.Up(desired, Read(), new() { Devices = ["tap0"] }));
        Assert.Equal(
            "t.yaml:1:40: tap0 requires tap1, which this file declares and which is not there: name it, too",
            Assert.Single(alone.Refusals).ToString());
        Apply(space, space.Run(() => Planner.Up(desired, Read(), new() { Devices = ["tap1"] })));
        Assert.Empty(space.Run(() => Planner.Up(desired, Read(), new() { Devices = ["tap0"] })).Refusals);
    }

    [Fact]
    public void BridgeSettings_OfACreatedBridge_AreThereAndChangeInPlace()
    {
        using TestNamespace space = Space();
        DesiredState first = Bridge("{stp: true, forward-delay: 4, hello-time: 1500ms, max-age: 10, ageing-time: 60, priority: 4096, " +
            "multicast-snooping: false, group-forward-mask: 0x4000, mtu: 1400, mac: '02:00:5e:10:00:09'}");

        Up(space, first);

        string shown = space.Ip("-d link show br5");
        foreach (string part in (string[])["mtu 1400", "02:00:5e:10:00:09", "forward_delay 400", "hello_time 150", "max_age 1000",
            "ageing_time 6000", "stp_state 1", "priority 4096", "mcast_snooping 0", "group_fwd_mask 0x4000"])
            Assert.Contains(part, shown, StringComparison.Ordinal);
        Assert.Equal(0, Status(space, first).ExitCode);
        Assert.Equal(
            "set the bridge br5 to stp false, ageing-time 0s", Assert.Single(Up(space, Bridge("{stp: false, ageing-time: 0}")).Changes).Description);
        Assert.Contains("priority 4096", space.Ip("-d link show br5"), StringComparison.Ordinal);
        space.Ip("link set br5 type bridge ageing_time 3000");
        Assert.Equal(
            "bridge.create: declared stp false, ageing-time 0s, found stp false, ageing-time 30s",
            Differences(space, Bridge("{stp: false, ageing-time: 0}")));
        Apply(space, space.Run(() => Planner.Down(first, Read())));
        Assert.DoesNotContain("br5", space.Ip("link show"), StringComparison.Ordinal);
    }

    [Fact]
    public void BridgeSettings_OfAnothersBridge_AreLeft()
    {
        using TestNamespace space = Space();
        space.Ip("link add br5 type bridge");
        DesiredState desired = Bridge("{stp: true, mtu: 1400}");

        Up(space, desired);

        Assert.Contains("stp_state 0", space.Ip("-d link show br5"), StringComparison.Ordinal);
        Assert.True(Plan(space, desired).IsEmpty);
        Assert.Equal(0, Status(space, desired).ExitCode);
    }

    [Theory]
    [InlineData("blackhole")]
    [InlineData("unreachable")]
    [InlineData("prohibit")]
    [InlineData("throw")]
    public void Routes_ThatLeadNowhere_AreLaidAndGoWithTheFile(string type)
    {
        using TestNamespace space = Space();
        space.Ip($"route add {type} 10.60.0.0/16 proto 84");
        string before = space.Ip("route show table all") + space.Ip("-6 route show table all");
        DesiredState desired = Parse($"devices: {{tun0: {{kind: tun, routes: [{{to: 10.61.0.0/16, type: {type}, metric: 5}}, {{to: 'fd07::/16', type: {type}, table: 9}}]}}}}");

        Up(space, desired, []);

        Assert.Contains($"{type} 10.61.0.0/16 proto 84 metric 5", space.Ip("route"), StringComparison.Ordinal);
        Assert.Contains($"{type} fd07::/16", space.Ip("-6 route show table 9"), StringComparison.Ordinal);
        Assert.Equal(0, Status(space, desired).ExitCode);
        string[] own = [$"route {type} 10.61.0.0/16 metric 5", $"route {type} fd07::/16 table 9"];
        Assert.True(space.Run(() => Planner.Up(desired, Read(), new() { OwnRules = own })).IsEmpty);
        space.Ip($"route del {type} 10.61.0.0/16 metric 5");
        Assert.Equal($"routes: declared {type} 10.61.0.0/16 metric 5, found none", Differences(space, desired));
        Up(space, desired, own);

        Apply(space, space.Run(() => Planner.Down(desired, Read(), new() { OwnRules = own })));

        Assert.Equal(before, space.Ip("route show table all") + space.Ip("-6 route show table all"));
    }

    [Fact]
    public void Routes_OfTypeLocal_DeliverHere()
    {
        using TestNamespace space = Space();
        DesiredState desired = Parse("devices: {tun0: {kind: tun, routes: [{to: 10.61.0.0/16, type: local}]}}");

        Up(space, desired);

        Assert.Contains("local 10.61.0.0/16 dev tun0 proto 84 scope host", space.Ip("route show table local"), StringComparison.Ordinal);
        Assert.Contains("local 10.61.7.7 dev lo", space.Ip("route get 10.61.7.7"), StringComparison.Ordinal);
        Assert.True(Plan(space, desired).IsEmpty);
        Up(space, Parse("devices: {tun0: {kind: tun}}"));
        Assert.DoesNotContain("10.61", space.Ip("route show table local"), StringComparison.Ordinal);
    }

    [Fact]
    public void Owner_OfDigitsThatAreAName_IsTheName()
    {
        // No such user here: then, and only then, it is a number.
        Assert.SkipWhen(UserDatabase.FindUserId("4711") is not null, "this machine has a user 4711");

        Assert.Equal(4711u, Parse("devices: {tap0: {kind: tap, owner: 4711}}").Devices[0].Owner);
    }

    private static DesiredState Bridge(string settings) =>
        Parse($"devices: {{tap0: {{kind: tap, bridge: {{name: br5, create: {settings}}}}}, tap1: {{kind: tap, bridge: {{name: br5, create: true}}}}}}");

    private static TestNamespace Space()
    {
        RealTool.Require("ip");
        return new();
    }

    private static DesiredState Parse(string text) => ConfigurationFile.Parse(text, "t.yaml", "test");

    private static HostState Read()
    {
        using RouteNetlink netlink = RouteNetlink.Open();
        return HostState.Read(netlink);
    }

    private static Link Link(TestNamespace space, string name) => space.Run(Read).Find(name)!;

    private static ChangePlan Plan(TestNamespace space, DesiredState desired) => space.Run(() => Planner.Up(desired, Read()));

    private static ChangePlan Up(TestNamespace space, DesiredState desired, IReadOnlyList<string>? own = null) =>
        Apply(space, space.Run(() => Planner.Up(desired, Read(), new() { OwnRules = own ?? [] })));

    private static ChangePlan Apply(TestNamespace space, ChangePlan plan)
    {
        space.Run(() =>
        {
            using RouteNetlink netlink = RouteNetlink.Open();
            plan.Apply(netlink);
        });
        return plan;
    }

    private static StatusReport Status(TestNamespace space, DesiredState desired) => space.Run(() => StatusReport.Create(desired, Read()));

    private static string Differences(TestNamespace space, DesiredState desired) =>
        Assert.Single(Status(space, desired).Devices.SelectMany(d => d.Differences)).ToString();
}
