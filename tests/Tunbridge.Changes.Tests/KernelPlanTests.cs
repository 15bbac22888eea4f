// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Tunbridge.Linux;
using Tunbridge.Netlink;
using Tunbridge.Testing;

namespace Tunbridge.Changes.Tests;

/// <summary>Plans applied to a real kernel, in namespaces of their own.</summary>
public sealed class KernelPlanTests
{
    [Fact]
    public void Add_EverySetting_IsThere()
    {
        RealTool.Require("ip");
        using TestNamespace space = new();
        space.Ip("link add br0 type bridge");

        Apply(space, state => CardPlans.Add(state, new()
        {
            Name = "tap7",
            Kind = CardKind.Tap,
            Owner = 1234,
            Group = 4321,
            MultiQueue = true,
            VirtioHeader = true,
            TransmitQueueLength = 77,
            Mtu = 1400,
            Mac = HardwareAddress.Parse("02:00:5e:10:00:01"),
            Bridge = "br0",
            Addresses = [IpPrefix.Parse("10.1.0.1/24"), IpPrefix.Parse("fd00::1/64")],
            Promiscuous = true,
            Up = true,
        }));

        string shown = space.Ip("-d address show dev tap7");
        foreach (string part in (string[])["master br0", "mtu 1400", "qlen 77", "PROMISC", "UP", "02:00:5e:10:00:01",
            "inet 10.1.0.1/24 brd 10.1.0.255", "inet6 fd00::1/64", "alias tunbridge:cli", "user 1234", "group 4321",
            "type tap pi off vnet_hdr on", "multi_queue", "persist on"])
            Assert.Contains(part, shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_KilledBehindTheFirstStep_LeavesACardWithItsMark()
    {
        RealTool.Require("ip");
        using TestNamespace space = new();
        CardSettings wanted = new() { Name = "tap0", Kind = CardKind.Tap, Mark = new() { Instance = "lab" }, Up = true };

        // All that a killed program has done: the first step and nothing behind it.
        Apply(space, state => ChangePlan.Create(state, CardPlanner.Create(wanted, state).Take(1), "lab"));

        Assert.Contains("alias tunbridge:lab", space.Ip("-d link show dev tap0"), StringComparison.Ordinal);
    }

    [Fact]
    public void Set_OwnerTakenAndGroupRefused_LeavesTheOwner()
    {
        RealTool.Require("ip");
        using TestNamespace space = new();
        CardSettings settings = new() { Name = "tap0", Kind = CardKind.Tap, Owner = 1, Group = 1 };
        Apply(space, state => CardPlans.Add(state, settings));

        // (gid_t)-1 is no group, which the kernel says only after the owner has been set.
        Assert.Throws<ChangeFailedException>(() => Apply(
            space, state => CardPlans.Set(state, settings with { Owner = 2, Group = uint.MaxValue })));

        TunLinkInfo tun = space.Run(() => Read().Find("tap0")!.Tun!);
        Assert.Equal((1u, 1u), (tun.Owner!.Value, tun.Group!.Value));
    }

    [Fact]
    public void Set_EveryAttribute_ThenTheSameAgain_IsEmpty()
    {
        RealTool.Require("ip");
        using TestNamespace space = new();
        Apply(space, state => CardPlans.Add(state, new()
        {
            Name = "tap0",
            Kind = CardKind.Tap,
            Owner = 1,
            Group = 1,
            Addresses = [IpPrefix.Parse("10.1.0.1/24"), IpPrefix.Parse("10.1.0.2/24"), IpPrefix.Parse("fd00::1/64")],
            Up = true,
        }));
        CardSettings wanted = new()
        {
            Name = "tap0",
            Kind = CardKind.Tap,
            Owner = 2,
            Group = 3,
            Mtu = 1300,
            Mac = HardwareAddress.Parse("02:00:5e:10:00:02"),
            TransmitQueueLength = 5,
            // The primary goes, its secondary stays; the IPv6 address must survive going down.
            Addresses = [IpPrefix.Parse("10.1.0.2/24"), IpPrefix.Parse("fd00::1/64")],
            Promiscuous = true,
            Up = false,
        };

        Apply(space, state => CardPlans.Set(state, wanted));

        Assert.True(space.Run(() => CardPlans.Set(Read(), wanted)).IsEmpty);
        string shown = space.Ip("-d address show dev tap0");
        Assert.Matches(@" user (bin|2) group (sys|3)\b", shown);
        Assert.DoesNotContain("10.1.0.1/24", shown, StringComparison.Ordinal);
        Assert.Contains("10.1.0.2/24", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_StepRefusedByTheKernel_LeavesEverythingAsItWas()
    {
        RealTool.Require("ip");
        using TestNamespace space = new();
        space.Ip("link add br0 type bridge");
        Apply(space, state => CardPlans.Add(state, new()
        {
            Name = "tap0",
            Kind = CardKind.Tap,
            Owner = 1,
            Addresses = [IpPrefix.Parse("10.1.0.1/24")],
            Up = true,
        }));
        string before = Dump(space);
        CardSettings wanted = new()
        {
            Name = "tap0",
            Kind = CardKind.Tap,
            Mtu = 1200,
            Bridge = "br0",
            // IPv6 does not work below 1280: the kernel refuses this one, after the others are done.
            Addresses = [IpPrefix.Parse("10.2.0.1/24"), IpPrefix.Parse("fd00::1/64")],
            Promiscuous = true,
            TransmitQueueLength = 9,
        };

        ChangeFailedException error =
            Assert.Throws<ChangeFailedException>(() => Apply(space, state => CardPlans.Set(state, wanted)));

        Assert.Empty(error.UndoFailures);
        Assert.Contains("add the address fd00::1/64 to tap0", error.Message, StringComparison.Ordinal);
        Assert.Contains("Everything is as it was before", error.Message, StringComparison.Ordinal);
        Assert.Contains("IPv6", error.Refusal?.Hint, StringComparison.Ordinal);
        Assert.Equal(before, Dump(space));
    }

    [Fact]
    public void Apply_AddressesRemovedAndThenFailure_RestoresTheirOrderAndRoutes()
    {
        RealTool.Require("ip");
        using TestNamespace space = new();
        Apply(space, state => CardPlans.Add(state, new()
        {
            Name = "tap0",
            Kind = CardKind.Tap,
            Addresses = [IpPrefix.Parse("10.1.0.1/24"), IpPrefix.Parse("10.1.0.2/24"), IpPrefix.Parse("10.1.0.3/24")],
            Up = true,
        }));
        space.Ip("route add 10.9.0.0/16 via 10.1.0.254 dev tap0");
        string before = Dump(space);

        ChangeFailedException error = Assert.Throws<ChangeFailedException>(() => Apply(space, state => CardPlans.Set(state, new()
        {
            Name = "tap0",
            Kind = CardKind.Tap,
            Mtu = 1200,
            Addresses = [IpPrefix.Parse("10.1.0.3/24"), IpPrefix.Parse("fd00::1/64")],
        })));

        Assert.Empty(error.UndoFailures);
        Assert.Equal(before, Dump(space));
    }

    [Fact]
    public void Apply_NewCardThatFails_IsGone()
    {
        RealTool.Require("ip");
        using TestNamespace space = new();
        string before = Dump(space);

        Assert.Throws<ChangeFailedException>(() => Apply(space, state => CardPlans.Add(state, new()
        {
            Name = "tap0",
            Kind = CardKind.Tap,
            Mtu = 1200,
            Bridge = "br9",
            CreateBridge = true,
            Addresses = [IpPrefix.Parse("fd00::1/64")],
            Up = true,
        })));

        Assert.Equal(before, Dump(space));
    }

    [Fact]
    public void Apply_OwnerOfHeldCard_FailsAndSaysWhy()
    {
        RealTool.Require("ip");
        using TestNamespace space = new();
        Apply(space, state => CardPlans.Add(state, new() { Name = "tap0", Kind = CardKind.Tap, Owner = 1 }));
        using FileDescriptor holder = space.Run(() =>
        {
            FileDescriptor descriptor = TunControl.Open();
            Assert.Equal(Errno.None, TunControl.TrySetInterface(
                descriptor, "tap0", TunFlags.Tap | TunFlags.NoPacketInformation, out _));
            return descriptor;
        });

        ChangeFailedException error = Assert.Throws<ChangeFailedException>(() => Apply(
            space, state => CardPlans.Set(state, new() { Name = "tap0", Kind = CardKind.Tap, Owner = 2, Mtu = 1400 })));

        Assert.Contains("A program is attached", error.Message, StringComparison.Ordinal);
        Assert.Contains("mtu 1500", space.Ip("link show tap0"), StringComparison.Ordinal);
    }

    [Fact]
    public void Delete_ManyCards_TakesThemAndNoOther()
    {
        RealTool.Require("ip");
        using TestNamespace space = new();
        space.Ip("link add veth0 type veth peer name veth1");
        space.Ip("tuntap add dev other mode tap");
        string before = Dump(space);
        string[] names = [.. Enumerable.Range(0, 20).Select(i => $"tap{i}")];
        foreach (string name in names)
            Apply(space, state => CardPlans.Add(state, new() { Name = name, Kind = CardKind.Tap }));

        Apply(space, state => CardPlans.Delete(state, names));

        Assert.Equal(before, Dump(space));
    }

    [Fact]
    public void Delete_UndoneByHand_GivesTheSameCard()
    {
        RealTool.Require("ip");
        using TestNamespace space = new();
        Apply(space, state => CardPlans.Add(state, new()
        {
            Name = "tun3",
            Kind = CardKind.Tun,
            Owner = 7,
            Mtu = 1280,
            Addresses = [IpPrefix.Parse("10.3.0.1/30"), IpPrefix.Parse("fd03::1/64")],
            Up = true,
        }));
        string before = WithoutIndices(space.Ip("-d address show dev tun3"));

        space.Run(() =>
        {
            using RouteNetlink netlink = RouteNetlink.Open();
            HostState state = HostState.Read(netlink);
            ChangeContext context = new(netlink, state);
            Change delete = CardPlanner.Delete(state.Find("tun3")!, state);
            delete.Apply(context);
            Assert.Null(netlink.Links.TryGet("tun3"));
            delete.Undo(context);
        });

        Assert.Equal(before, WithoutIndices(space.Ip("-d address show dev tun3")));
    }

    [Theory]
    [InlineData("veth0", "is no TUN or TAP card (veth", false)]
    [InlineData("foreign", "was not made by tunbridge (TAP", true)]
    [InlineData("nothing", "there is no card nothing", false)]
    public void SetAndDelete_CardOfOthers_IsRefused(string name, string part, bool canForce)
    {
        RealTool.Require("ip");
        using TestNamespace space = new();
        space.Ip("link add veth0 type veth peer name veth1");
        space.Ip("tuntap add dev foreign mode tap");
        string before = Dump(space);

        foreach (Func<HostState, ChangePlan> make in (Func<HostState, ChangePlan>[])[
            s => CardPlans.Set(s, new() { Name = name, Kind = CardKind.Tap, Mtu = 1400 }), s => CardPlans.Delete(s, [name])])
        {
            ChangeRefusedException error = Assert.Throws<ChangeRefusedException>(() => Apply(space, make));
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
            Assert.Equal(canForce, error.Refusals[0].CanForce);
        }

        Assert.Equal(before, Dump(space));
    }

    [Fact]
    public void Add_NameThatExists_IsRefusedEvenWithForce()
    {
        RealTool.Require("ip");
        using TestNamespace space = new();
        space.Ip("link add veth0 type veth peer name veth1");

        ChangeRefusedException error = Assert.Throws<ChangeRefusedException>(() => Apply(
            space, state => CardPlans.Add(state, new() { Name = "veth0", Kind = CardKind.Tap }, force: true)));

        Assert.StartsWith("veth0 exists already (veth", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("veth0", "veth0, which tap0 is to join, is no bridge (veth")]
    [InlineData("nobridge", "there is no bridge nobridge for tap0")]
    public void Add_BridgeThatIsNone_IsRefused(string bridge, string part)
    {
        RealTool.Require("ip");
        using TestNamespace space = new();
        space.Ip("link add veth0 type veth peer name veth1");

        ChangeRefusedException error = Assert.Throws<ChangeRefusedException>(() => Apply(
            space, state => CardPlans.Add(state, new() { Name = "tap0", Kind = CardKind.Tap, Bridge = bridge }, force: true)));

        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_ForDryRun_NamesEveryOperation()
    {
        HostState state = new([], [], []);

        ChangePlan plan = CardPlans.Add(state, new()
        {
            Name = "tap0",
            Kind = CardKind.Tap,
            Owner = 0,
            Addresses = [IpPrefix.Parse("10.1.0.1/24")],
            Promiscuous = true,
            Up = true,
        });

        Assert.Equal(
            [
                "open /dev/net/tun, TUNSETIFF tap0 IFF_TAP|IFF_TUN_EXCL|IFF_NO_PI, TUNSETOWNER 0, " +
                "RTM_SETLINK IFLA_IFALIAS 'tunbridge:cli', TUNSETPERSIST 1",
                "RTM_NEWADDR tap0 IFA_LOCAL 10.1.0.1/24 IFA_BROADCAST 10.1.0.255",
                "RTM_SETLINK tap0 ifi_flags +IFF_PROMISC",
                "RTM_SETLINK tap0 ifi_flags +IFF_UP",
            ],
            plan.Changes.Select(c => c.Operation));
        Assert.Equal("create the TAP tap0 for root, marked 'tunbridge:cli'", plan.Changes[0].Description);
    }

    private static HostState Read()
    {
        using RouteNetlink netlink = RouteNetlink.Open();
        return HostState.Read(netlink);
    }

    private static void Apply(TestNamespace space, Func<HostState, ChangePlan> make) => space.Run(() =>
    {
        using RouteNetlink netlink = RouteNetlink.Open();
        make(HostState.Read(netlink)).Apply(netlink);
    });

    // Without what moves by itself: a bridge's timers and ids, and what follows from carrier and duplicate detection.
    private static string Dump(TestNamespace space) => Regex.Replace(
        space.Ip("-j -d link") + space.Ip("-j address") + space.Ip("-j route show table all") + space.Ip("-j -6 route show table all"),
        @"""\w+_timer"":[0-9.]+|""tso_max_\w+"":[0-9]+,|""(bridge|root)_id"":""[^""]*""|""(NO-CARRIER|LOWER_UP|linkdown)"",?|""operstate"":""\w+""|""tentative"":true,", "");

    private static string WithoutIndices(string text) =>
        text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..].Replace(" tentative", "", StringComparison.Ordinal);
}
