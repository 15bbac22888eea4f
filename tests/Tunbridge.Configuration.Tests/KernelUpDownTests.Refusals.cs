// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;
using Tunbridge.Testing;

namespace Tunbridge.Configuration.Tests;

// What up refuses, on a host with:   eth0 (veth, 10.77.0.2/24 or as said) ── peer0, default via 10.77.0.1 where said
public sealed partial class KernelUpDownTests
{
    [Fact]
    public void Up_PrefixOfAnotherInterface_IsRefusedAndNothingChanges()
    {
        using TestNamespace space = Space();
        Eth0(space, "192.168.0.17/24");
        string before = Dump(space);

        ChangeRefusedException error = Assert.Throws<ChangeRefusedException>(() => Up(space, Default));

        Assert.Equal("address 192.168.0.1/24 of tap0 overlaps 192.168.0.0/24 on eth0 (192.168.0.17/24)", error.Message);
        Assert.Equal(before, Dump(space));
    }

    [Fact]
    public void Up_PrefixOfAnotherInterfaceForced_IsDone()
    {
        using TestNamespace space = Space();
        Eth0(space, "192.168.0.17/24");

        ChangePlan plan = space.Run(() => Planner.Up(Default, Read(), new() { Force = true }));
        Apply(space, plan);

        Assert.Single(plan.Overridden);
        Assert.Contains("192.168.0.1/24", space.Ip("address show dev tap0"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.77.0.2/24", "via 10.77.0.1 dev eth0", "10.77.0.0/16")]
    [InlineData("10.77.0.2/32", "via 192.168.0.254 dev eth0 onlink", "192.168.0.1/24")]
    public void Up_GatewayInside_IsRefusedAndNothingChanges(string address, string route, string wanted)
    {
        using TestNamespace space = Space();
        Eth0(space, address);
        space.Ip($"route add default {route}");
        string before = Dump(space);
        DesiredState desired = Parse($"devices: {{tap0: {{kind: tap, addresses: [{wanted}]}}}}");

        ChangeRefusedException error = Assert.Throws<ChangeRefusedException>(() => Up(space, desired));

        Assert.Contains("on eth0", error.Message, StringComparison.Ordinal);
        Assert.Contains($"address {wanted} of tap0", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Dump(space));
    }

    [Fact]
    public void Up_IPv6GatewayInside_IsRefused()
    {
        using TestNamespace space = Space();
        Eth0(space, "fd77::2/64");
        space.Ip("-6 route add fd99::/48 via fd77::1");
        DesiredState desired = Parse("devices: {tap0: {kind: tap, addresses: ['fd99:0:0:1::1/64', 'fd77::9/128']}}");

        ChangeRefusedException error = Assert.Throws<ChangeRefusedException>(() => Up(space, desired));

        Assert.Equal(2, error.Refusals.Count);
    }

    [Fact]
    public void Up_PortThatCarriesTheDefaultRoute_IsRefusedAndNothingChanges()
    {
        using TestNamespace space = Space();
        space.Ip("link add br0 type bridge");
        Up(space, Parse("devices: {tap0: {kind: tap, addresses: [10.1.0.1/24]}}"));
        space.Ip("route add default via 10.1.0.254 dev tap0");
        string before = Dump(space);

        ChangeRefusedException error = Assert.Throws<ChangeRefusedException>(
            () => Up(space, Parse("devices: {tap0: {kind: tap, addresses: [10.1.0.1/24], bridge: br0}}")));

        Assert.StartsWith("tap0 carries the default route", error.Message, StringComparison.Ordinal);
        Assert.Contains("br0", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Dump(space));
    }

    [Fact]
    public void Up_BridgeThatCarriesTheDefaultRoute_IsRefusedAndNothingChanges()
    {
        using TestNamespace space = Space();
        space.Ip("link add br0 type bridge");
        space.Ip("link set br0 up");
        space.Ip("address add 10.77.0.2/24 dev br0");
        space.Ip("route add default via 10.77.0.1");
        string before = Dump(space);

        ChangeRefusedException error = Assert.Throws<ChangeRefusedException>(
            () => Up(space, Parse("devices: {tap0: {kind: tap, bridge: br0}}")));

        Assert.Contains("tap0 as a port of br0", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Dump(space));
    }

    [Theory]
    [InlineData("tuntap add dev tap0 mode tap user 1", "exists and is not this file's (TAP, owner ", true)]
    [InlineData("link add tap0 type bridge", "exists and is no TUN or TAP card (bridge, no mark)", false)]
    public void Up_CardThatIsNotOurs_IsRefusedAndNothingChanges(string make, string part, bool canForce)
    {
        using TestNamespace space = Space();
        space.Ip(make);
        string before = Dump(space);

        ChangeRefusedException error = Assert.Throws<ChangeRefusedException>(() => Up(space, Default));

        Assert.StartsWith("t.yaml:2:3: tap0 is declared here", error.Message, StringComparison.Ordinal);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Equal(canForce, error.Refusals[0].CanForce);
        Assert.Equal(before, Dump(space));
        DeviceStatus status = Assert.Single(Status(space, Default).Devices);
        Assert.Equal(DeviceCondition.Foreign, status.Condition);
    }

    private static void Eth0(TestNamespace space, string address)
    {
        space.Ip("link add eth0 type veth peer name peer0");
        space.Ip("link set peer0 up");
        space.Ip("link set eth0 up");
        space.Ip($"address add {address} dev eth0");
    }
}
