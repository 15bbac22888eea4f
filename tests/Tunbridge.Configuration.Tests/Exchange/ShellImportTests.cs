// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;
using Tunbridge.Configuration.Exchange;

namespace Tunbridge.Configuration.Tests.Exchange;

/// <summary>Shell scripts become configuration files; nothing of them is run.</summary>
public sealed class ShellImportTests
{
    private const string Classic = """
        #!/bin/bash
        # chkconfig: 2345 10 90
        # description: tap
        DEV="tap0"
        IP=192.168.0.1
        : ${MASK:=255.255.255.0}
        start() {
            echo -n "Starting $DEV: "
            /usr/sbin/tunctl -t $DEV -u root || return 1
            /sbin/ifconfig ${DEV} $IP netmask $MASK promisc
        }
        stop() {
            ifconfig $DEV down
        }
        case "$1" in
            start) start ;;
            stop) stop ;;
            restart) stop; start ;;
            status) ifconfig $DEV; exit $? ;;
            *) echo "Usage: $0 {start|stop|restart|status}"; exit 1 ;;
        esac
        exit 0
        """;

    [Fact]
    public void ClassicScript_GivesTheCardOfTheEmbeddedDefault()
    {
        ImportResult result = Import(Classic);
        Assert.Empty(result.Notes);
        ImportedCards.AssertSame(
            ConfigurationFile.Parse(ConfigurationFile.DefaultText, "d", "x").Devices, ImportedCards.Parse(result));
    }

    [Theory]
    [InlineData("tunctl -t tap3\nifconfig tap3 10.0.0.1", "root", "10.0.0.1/8")]
    [InlineData("tunctl -u 1000 -t tap3\nifconfig tap3 172.16.0.1 up", "1000", "172.16.0.1/16")]
    [InlineData("tunctl -bu root -ttap3 >/dev/null 2>&1 && ifconfig tap3 inet 10.0.0.1 netmask 255.255.255.252", "root", "10.0.0.1/30")]
    [InlineData("X=$(tunctl -b -u root); Y=tap3; [ \"$X\" = tap0 ] && tunctl -d $X; tunctl -t $Y; ip addr add 10.0.0.1/24 brd + dev $Y", "root", "10.0.0.1/24")]
    [InlineData("ip tuntap add dev tap3 mode tap user root || exit 1; ip a a 10.0.0.1/24 dev tap3; ip l set tap3 up", "root", "10.0.0.1/24")]
    [InlineData("openvpn --mktun --dev tap3 --dev-type tap --user root; ip address add 10.0.0.1/24 dev tap3", "root", "10.0.0.1/24")]
    [InlineData("if ! ip link show tap3 >/dev/null; then ip tuntap add tap3 mode tap user root; fi\nifconfig tap3 10.0.0.1/24", "root", "10.0.0.1/24")]
    [InlineData("[ -x /usr/sbin/tunctl ] || exit 5\n[ $(id -u) -eq 0 ] || exit 4\ntunctl -t tap3\nifconfig tap3 10.0.0.1/24", "root", "10.0.0.1/24")]
    [InlineData("mk() { local n=$1; tunctl -t \"$n\" -u $2; ifconfig $n $3; }\nmk tap3 root 10.0.0.1/24", "root", "10.0.0.1/24")]
    [InlineData("tunctl \\\n  -t tap3 \\\n  -u root\ncat <<EOF\ntunctl -t tap9\nEOF\nifconfig tap3 10.0.0.1/24", "root", "10.0.0.1/24")]
    public void Script_OneCard_HasOwnerAndAddress(string script, string owner, string address)
    {
        ImportResult result = Import(script);
        DeviceDefinition card = Assert.Single(ImportedCards.Parse(result));
        Assert.Equal("tap3", card.Name);
        Assert.Equal(owner == "root" ? 0u : uint.Parse(owner, null), card.Owner);
        Assert.Equal(address, Assert.Single(card.Addresses).ToString());
        Assert.Empty(result.Notes);
    }

    [Theory]
    [InlineData("for i in 0 1 2; do tunctl -t tap$i; done")]
    [InlineData("for i in $(seq 0 2); do tunctl -t tap$i; done")]
    [InlineData("for t in tap{0..2}; do tunctl -t $t; done")]
    [InlineData("TAPS=\"tap0 tap1 tap2\"; for t in $TAPS; do openvpn --mktun --dev $t; done")]
    [InlineData("N=0; ip tuntap add tap$N mode tap; ip tuntap add tap$((N+1)) mode tap; ip tuntap add tap$(( $N + 2 )) mode tap")]
    public void Script_SeveralCards_AreAllThere(string script) =>
        Assert.Equal(["tap0", "tap1", "tap2"], Import(script).Cards);

    [Fact]
    public void Script_EverythingAboutACard_IsCarriedOver()
    {
        ImportResult result = Import("""
            ip link add br0 type bridge
            ip tuntap add dev tap5 mode tap user root group root multi_queue vnet_hdr pi
            ip link set dev tap5 address 02:00:00:00:00:05 mtu 1400 txqueuelen 700 master br0 promisc on up
            ip addr add fd00::1/64 dev tap5
            ip route add 10.9.0.0/16 via 10.0.0.2 dev tap5 metric 7
            route add -net 10.8.0.0 netmask 255.255.0.0 dev tap5
            ip addr add 10.0.0.1/24 dev tap5
            ip route add default via 10.0.0.3
            sysctl -w net.ipv4.conf.tap5.rp_filter=2
            echo 1 > /proc/sys/net/ipv4/conf/tap5/proxy_arp
            """);
        Assert.Empty(result.Notes);
        DeviceDefinition card = Assert.Single(ImportedCards.Parse(result));
        Assert.True(card is { MultiQueue: true, VirtioHeader: true, PacketInformation: true, Promiscuous: true, Up: true, CreateBridge: true });
        Assert.Equal((1400, 700, "br0", "02:00:00:00:00:05"), (card.Mtu, card.TransmitQueueLength, card.Bridge, $"{card.Mac}"));
        Assert.Equal(["fd00::1/64", "10.0.0.1/24"], card.Addresses.Select(a => a.ToString()));
        Assert.Equal(
            ["10.9.0.0/16 via 10.0.0.2 metric 7", "10.8.0.0/16", "default via 10.0.0.3"], card.Routes.Select(r => r.ToString()));
        Assert.Equal((2, true), (card.Sysctl!.ReversePathFilter, card.Sysctl.ProxyArp));
    }

    [Theory]
    [InlineData("tunctl -t tap0\niptables -A INPUT -i tap0 -j ACCEPT", 2, "iptables -A INPUT -i tap0 -j ACCEPT")]
    [InlineData("tunctl -t tap0\n\nifconfig tap0 $ADDRESS", 3, "$ADDRESS has no value here")]
    [InlineData("tunctl -t tap0\nifconfig eth0 10.0.0.1", 2, "nothing here makes eth0 a TUN or TAP")]
    [InlineData("tunctl -t tap0\nwhile sleep 1; do ifconfig tap0 up; done", 2, "a loop whose end only the running system knows")]
    [InlineData("tunctl -t tap0 -u no-such-user-here", 1, "there is no user 'no-such-user-here' on this machine")]
    [InlineData("tunctl -t tap0\nip route add 10.0.0.0/8 via 10.1.1.1", 2, "leads over no card of this import")]
    [InlineData("ifconfig tap0 10.0.0.1/24", 1, "nothing here makes tap0: taken for a TAP by its name")]
    [InlineData("tunctl -t tap0\nip -n blue link set tap0 up", 2, "not carried over: ip -n blue link set tap0 up")]
    [InlineData("tunctl -t tap0\nip addr add 10.0.0.1/24 brd 10.0.0.9 dev tap0", 2, "the broadcast address 10.0.0.9 is not carried over")]
    [InlineData("tunctl -t tap0\nif [ -e /x ]; then ip link set tap0 mtu 1400; else ip link set tap0 mtu 1300; fi", 2, "both of its ways")]
    public void Script_WhatIsLeftBehind_IsNotedWithItsLine(string script, int line, string text)
    {
        ImportResult result = Import(script);
        Diagnostic note = Assert.Single(result.Notes);
        Assert.Contains(text, note.Message, StringComparison.Ordinal);
        Assert.Equal(line, note.Line);
        // What is left parses all the same.
        Assert.Equal("tap0", Assert.Single(ImportedCards.Parse(result)).Name);
    }

    [Theory]
    [InlineData("case x in")]
    [InlineData("if true; then")]
    [InlineData("echo \"open")]
    [InlineData("f() { f; }; f")]
    [InlineData("a=(1 2)")]
    [InlineData("echo $(if)")]
    public void Script_NotUnderstood_IsNotedAndHarmless(string script)
    {
        ImportResult result = Import(script);
        Assert.Empty(result.Cards);
        Assert.Contains("not understood", Assert.Single(result.Notes).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Script_CardInEval_IsNoted()
    {
        ImportResult result = Import("eval \"tunctl -t tap5\"; eval 'x=1'");
        Assert.Empty(result.Cards);
        Assert.Contains("eval", Assert.Single(result.Notes).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Script_AnyPrefixOfTheClassicOne_NeverThrows()
    {
        for (int length = 0; length <= Classic.Length; length++)
            ImportedCards.Parse(Import(Classic[..length]));
    }

    [Fact]
    public void SeveralScripts_ShareTheirVariables()
    {
        ImportResult result = Importer.Import(
        [
            new() { Path = "/etc/default/tap", Text = "DEV=tun7\n" },
            new() { Path = "/etc/init.d/tap", Text = ". /etc/default/tap\nip tuntap add $DEV mode tun\n" },
        ]);
        DeviceDefinition card = Assert.Single(ImportedCards.Parse(result));
        Assert.Equal(("tun7", CardKind.Tun, false), (card.Name, card.Kind, card.Up));
    }

    private static ImportResult Import(string text) => Importer.Import([new() { Path = "script", Text = text }]);
}
