// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;

namespace Tunbridge.Configuration.Tests;

public sealed class ConfigurationFileTests
{
    [Fact]
    public void Parse_EmbeddedDefault_IsTheClassicCard()
    {
        DeviceDefinition device = Assert.Single(Parse(ConfigurationFile.DefaultText).Devices);

        Assert.Equal("tap0", device.Name);
        Assert.Equal(CardKind.Tap, device.Kind);
        Assert.Equal(0u, device.Owner);
        Assert.Null(device.Group);
        Assert.Equal(["192.168.0.1/24"], device.Addresses.Select(a => a.ToString()));
        Assert.True(device.Promiscuous);
        Assert.True(device.Up);
    }

    [Fact]
    public void Parse_EveryKey_IsReadWithItsPlace()
    {
        DesiredState state = Parse("""
            # a comment
            devices:
              tun9: { kind: tun, up: false, mtu: 65535 }
              "tap-1":
                kind: tap
                owner: 1000
                group: root
                addresses:
                  - 10.0.0.1/24
                  - fd00::1/64
                promiscuous: false
                mtu: 9000
                mac: 02:00:5E:10:00:01
                bridge: {name: br0, create: true}
                up: true
                offload: off
            tunnels:
            """);

        DeviceDefinition tun = state.Devices[0];
        Assert.Equal(("tun9", CardKind.Tun, false, 65535), (tun.Name, tun.Kind, tun.Up, tun.Mtu));
        DeviceDefinition tap = state.Devices[1];
        Assert.Equal("tap-1", tap.Name);
        Assert.Equal((1000u, 0u), (tap.Owner, tap.Group));
        Assert.Equal(["10.0.0.1/24", "fd00::1/64"], tap.Addresses.Select(a => a.ToString()));
        Assert.Equal("02:00:5e:10:00:01", tap.Mac.ToString());
        Assert.Equal(("br0", true), (tap.Bridge, tap.CreateBridge));
        Assert.Equal(OffloadChoice.Off, tap.Offload);
        Assert.Equal("t.yaml:12:5", tap.PositionOf("mtu").ToString());
        Assert.Equal("t.yaml:4:3", tap.PositionOf("not-declared").ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("devices:\n")]
    [InlineData("devices: {}\ntunnels: {}\n")]
    [InlineData("---\ndevices: ~\n")]
    public void Parse_NoCards_IsEmpty(string text) => Assert.Empty(Parse(text).Devices);

    /// <summary>One mistake each, with its exact place and words.</summary>
    public static TheoryData<string, string> Mistakes => new()
    {
        { "device:\n", "t.yaml:1:1: unknown key 'device', allowed are devices, tunnels, did you mean 'devices'?" },
        { "- tap0\n", "t.yaml:1:1: the file is a list, allowed is a group of keys: devices, tunnels" },
        { "devices: [tap0]\n", "t.yaml:1:10: devices is a list, allowed is a group of cards by name" },
        { "devices:\n  tap0: tap\n", "t.yaml:2:9: devices.tap0 is 'tap', allowed is a group of keys: kind, owner, group, addresses, promiscuous, mtu, mac, bridge, up, offload" },
        { "devices:\n  tap0:\n    mtu: 1500\n", "t.yaml:2:3: devices.tap0 has no kind, allowed are tun and tap" },
        { Tap("kind: tpa", false), "t.yaml:3:11: devices.tap0.kind is 'tpa', allowed are tun and tap, did you mean 'tap'?" },
        { Tap("kind: TAP", false), "t.yaml:3:11: devices.tap0.kind is 'TAP', allowed are tun and tap, did you mean 'tap'?" },
        { Tap("kind: [tap]", false), "t.yaml:3:11: devices.tap0.kind is a list, allowed are tun and tap" },
        { Tap("adresses: [10.0.0.1/24]"), "t.yaml:4:5: unknown key 'adresses', allowed are kind, owner, group, addresses, promiscuous, mtu, mac, bridge, up, offload, did you mean 'addresses'?" },
        { Tap("promisc: true"), "t.yaml:4:5: unknown key 'promisc', allowed are kind, owner, group, addresses, promiscuous, mtu, mac, bridge, up, offload, did you mean 'promiscuous'?" },
        { Tap("xyzzy: 1"), "t.yaml:4:5: unknown key 'xyzzy', allowed are kind, owner, group, addresses, promiscuous, mtu, mac, bridge, up, offload" },
        { Tap("mtu: 1500\n    mtu: 1400"), "t.yaml:5:5: the key 'mtu' is written twice, first in line 4" },
        { Tap("mtu: 67"), "t.yaml:4:10: MTU 67 is out of range, allowed are 68 to 65521 for a TAP" },
        { Tap("mtu: 65522"), "t.yaml:4:10: MTU 65522 is out of range, allowed are 68 to 65521 for a TAP" },
        { Tap("mtu: 1k5"), "t.yaml:4:10: devices.tap0.mtu is '1k5', allowed is a number of bytes" },
        { Tap("mtu:"), "t.yaml:4:9: devices.tap0.mtu is empty, allowed is a number of bytes" },
        { Tap("addresses: [192.168.0.1]"), "t.yaml:4:17: '192.168.0.1' is no address with a prefix length, allowed is one such as 192.168.0.1/24 or fd00::1/64" },
        { Tap("addresses: [192.168.0.1/33]"), "t.yaml:4:17: '192.168.0.1/33' is no address with a prefix length, allowed is one such as 192.168.0.1/24 or fd00::1/64" },
        { Tap("addresses: [10.0.0.1/8, 10.0.0.1/24]"), "t.yaml:4:29: the address 10.0.0.1 is written twice" },
        { Tap("addresses: 10.0.0.1/8"), "t.yaml:4:16: devices.tap0.addresses is '10.0.0.1/8', allowed is a list of addresses with prefix length, such as [192.168.0.1/24, fd00::1/64]" },
        { Tap("mac: 01:00:5e:10:00:01"), "t.yaml:4:10: '01:00:5e:10:00:01' is no MAC address of a card, allowed are six pairs of hexadecimal digits, neither multicast (an odd first byte) nor all zero, such as 02:00:5e:10:00:01" },
        { Tap("mac: 02:00:5e"), "t.yaml:4:10: '02:00:5e' is no MAC address of a card, allowed are six pairs of hexadecimal digits, neither multicast (an odd first byte) nor all zero, such as 02:00:5e:10:00:01" },
        { Tap("owner: nosuchuser"), "t.yaml:4:12: there is no user 'nosuchuser', allowed is the name or number of a user" },
        { Tap("group: nosuchgroup"), "t.yaml:4:12: there is no group 'nosuchgroup', allowed is the name or number of a group" },
        { Tap("owner: 4294967295"), "t.yaml:4:12: there is no user '4294967295', allowed is the name or number of a user" },
        { Tap("owner: {}"), "t.yaml:4:12: devices.tap0.owner is a group of keys, allowed is the name or number of a user" },
        { Tap("promiscuous: yes"), "t.yaml:4:18: devices.tap0.promiscuous is 'yes', allowed are true and false, did you mean 'true'?" },
        { Tap("up: 0"), "t.yaml:4:9: devices.tap0.up is '0', allowed are true and false, did you mean 'false'?" },
        { Tap("offload: on"), "t.yaml:4:14: devices.tap0.offload is 'on', allowed are auto and off" },
        { Tap("bridge: tap0"), "t.yaml:4:13: a card cannot be a port of itself, allowed is the name of a bridge" },
        { Tap("bridge: a/b"), "t.yaml:4:13: the name 'a/b' has '/', allowed are 1 to 15 bytes without '/', ':', '%' and blanks" },
        { Tap("bridge: {create: true}"), "t.yaml:4:13: devices.tap0.bridge has no name, allowed is the name of a bridge" },
        { Tap("bridge: tap1") + "  tap1: {kind: tap}\n", "t.yaml:4:5: 'tap1' is a card of this file, allowed is the name of a bridge" },
        { "devices:\n  tun0: {kind: tun, bridge: br0}\n", "t.yaml:2:29: a TUN carries no Ethernet frames and cannot join a bridge, bridge is allowed for kind tap" },
        { "devices:\n  tun0: {kind: tun, mac: 02:00:5e:10:00:01}\n", "t.yaml:2:26: a TUN has no MAC address, mac is allowed for kind tap" },
        { "devices:\n  tun0: {kind: tun, mtu: 65536}\n", "t.yaml:2:26: MTU 65536 is out of range, allowed are 68 to 65535 for a TUN" },
        { "devices:\n  abcdefghijklmnop: {kind: tun}\n", "t.yaml:2:3: the name 'abcdefghijklmnop' has 16 bytes, allowed are at most 15" },
        { "devices:\n  a/b: {kind: tun}\n", "t.yaml:2:3: the name 'a/b' has '/', allowed are 1 to 15 bytes without '/', ':', '%' and blanks" },
        { "devices:\n  \"..\": {kind: tun}\n", "t.yaml:2:3: the name '..' is not allowed: the kernel refuses . and .." },
        { "devices:\n  tap0: {kind: tap}\n  tap0: {kind: tun}\n", "t.yaml:3:3: the key 'tap0' is written twice, first in line 2" },
        { "devices: &a {}\n", "t.yaml:1:10: anchors are not supported, write the values out" },
        { "devices: !!map {}\n", "t.yaml:1:10: the tag tag:yaml.org,2002:map is not supported, remove it" },
        { "devices: {}\n---\ndevices: {}\n", "t.yaml:2:1: a second document starts here, allowed is one in a file" },
        { "tunnels: {office: {}}\n", "t.yaml:1:11: tunnels are not supported yet, allowed is tunnels: {}" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Parse_OneMistake_IsToldExactly(string text, string expected)
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => Parse(text));

        Assert.Equal(expected, Assert.Single(error.Diagnostics).ToString());
    }

    [Fact]
    public void Parse_SeveralMistakes_AreToldAtOnceInOrder()
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => Parse("""
            devices:
              tap0:
                kind: tap
                mtu: 1
                mac: x
              tap/1:
                kind: tup
            tunels: {}
            """));

        Assert.Equal([4, 5, 6, 7, 8], error.Diagnostics.Select(d => d.Line));
        Assert.Equal(
            ["devices.tap0.mtu", "devices.tap0.mac", "devices.tap/1", "devices.tap/1.kind", "tunels"],
            error.Diagnostics.Select(d => d.Key));
        Assert.Equal(5, error.Message.Split('\n').Length);
    }

    [Theory]
    [InlineData("devices:\n  tap0: {kind: tap\n")]
    [InlineData("devices:\n\ttap0: {}\n")]
    [InlineData("devices: *unknown\n")]
    [InlineData("\"unfinished")]
    [InlineData("a: b: c\n")]
    [InlineData("a: [-,]\n")]
    public void Parse_BrokenYaml_NamesThePlace(string text)
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => Parse(text));

        Assert.All(error.Diagnostics, d => Assert.True(d.Line > 0 && d.Column > 0, d.ToString()));
        Assert.DoesNotContain('\n', error.Diagnostics[0].Message);
    }

    [Fact]
    public void Parse_DeepNesting_IsRefusedWithoutOverflow() =>
        Assert.Throws<ConfigurationException>(() => Parse(new string('[', 100_000)));

    [Fact]
    public void Parse_MutatedDefault_ThrowsNothingElse()
    {
        Random random = new(7);
        for (int round = 0; round < 3_000; round++)
        {
            char[] text = ConfigurationFile.DefaultText.ToCharArray();
            for (int i = random.Next(1, 6); i > 0; i--)
                text[random.Next(text.Length)] = "{}[]:,-&*!|>'\"%@`# \n\tx0"[random.Next(23)];
            try
            {
                Parse(new string(text));
            }
            catch (ConfigurationException e)
            {
                Assert.NotEmpty(e.Diagnostics);
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public void Load_PathThatIsNone_IsAMistakeAndNoCrash(string path) =>
        Assert.Throws<ConfigurationException>(() => ConfigurationFile.Load(path));

    private static string Tap(string line, bool withKind = true) =>
        $"devices:\n  tap0:\n{(withKind ? "    kind: tap\n" : "")}    {line}\n";

    private static DesiredState Parse(string text) => ConfigurationFile.Parse(text, "t.yaml", "test");
}
