// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Configuration.Exchange;

namespace Tunbridge.Configuration.Tests.Exchange;

/// <summary>ifupdown, networkd and iproute2: what is read, what is written, and that both agree.</summary>
public sealed class ExchangeTests
{
    private const string Rich = """
        devices:
          tap0: {kind: tap, owner: root, addresses: [192.168.0.1/24], promiscuous: true}
          tap1:
            kind: tap
            group: root
            multi-queue: true
            vnet-header: true
            mac: '02:00:00:00:00:01'
            mtu: 1400
            bridge: {name: br7, create: true}
          tun2:
            kind: tun
            owner: 1000
            packet-info: true
            addresses: [10.2.0.1/24, 'fd02::1/64']
            routes: [{to: 10.3.0.0/16, via: 10.2.0.9, metric: 7}, {to: 10.4.0.0/16}]
            sysctl: {rp-filter: 2, proxy-arp: true}
          tap3: {kind: tap, up: false}
        """;

    [Fact]
    public void Embedded_AsNetworkd_IsTheKnownPair()
    {
        ExportResult result = Export(ConfigurationFile.DefaultText, ExportFormat.Networkd);
        Assert.Empty(result.Notes);
        Assert.Equal(["tap0.netdev", "tap0.network"], result.Files.Select(f => f.Name));
        Assert.Equal("[NetDev]\nName=tap0\nKind=tap\n\n[Tap]\nUser=root\n", result.Files[0].Text);
        Assert.Equal(
            "[Match]\nName=tap0\n\n[Link]\nPromiscuous=yes\nRequiredForOnline=no\n\n" +
            "[Network]\nAddress=192.168.0.1/24\nConfigureWithoutCarrier=yes\n", result.Files[1].Text);
    }

    [Fact]
    public void Embedded_AsIfupdown_IsTheKnownStanza() => Assert.Equal(
        "auto tap0\niface tap0 inet static\n    address 192.168.0.1/24\n" +
        "    pre-up ip tuntap add dev $IFACE mode tap user root || true\n    up ip link set $IFACE promisc on\n" +
        "    post-down ip tuntap del dev $IFACE mode tap\n\n",
        Assert.Single(Export(ConfigurationFile.DefaultText, ExportFormat.Ifupdown).Files).Text);

    [Fact]
    public void Embedded_AsIproute2_IsTheKnownLines() => Assert.Equal(
        "ip tuntap add dev tap0 mode tap user root\nip addr add 192.168.0.1/24 brd + dev tap0\nip link set tap0 promisc on up\n",
        Assert.Single(Export(ConfigurationFile.DefaultText, ExportFormat.Iproute2).Files).Text);

    [Theory]
    [InlineData(ExportFormat.Networkd)]
    [InlineData(ExportFormat.Ifupdown)]
    [InlineData(ExportFormat.Iproute2)]
    public void Export_ImportedAgain_IsTheSame(ExportFormat format)
    {
        foreach (string text in (string[])[ConfigurationFile.DefaultText, Rich])
        {
            ExportResult exported = Export(text, format);
            Assert.Empty(exported.Notes);
            ImportResult imported = Importer.Import([.. exported.Files.Select(f => new ImportSource { Path = f.Name, Text = f.Text })]);
            // The bridge of the file itself is no card.
            Assert.DoesNotContain(imported.Notes, n => !n.Message.Contains("br7 is a bridge", StringComparison.Ordinal));
            ImportedCards.AssertSame(Parse(text), ImportedCards.Parse(imported));
        }
    }

    [Theory]
    [InlineData(ExportFormat.Networkd, "txqueuelen: 7", "txqueuelen")]
    [InlineData(ExportFormat.Ifupdown, "offload: off", "offload")]
    [InlineData(ExportFormat.Iproute2, "dhcp: true", "dhcp")]
    [InlineData(ExportFormat.Iproute2, "netns: blue", "netns")]
    public void Export_WhatTheOtherCannotSay_IsNoted(ExportFormat format, string key, string name)
    {
        Diagnostic note = Assert.Single(Export($"devices:\n  tap0:\n    kind: tap\n    {key}\n", format).Notes);
        Assert.Equal((4, $"{name} of tap0 is not exported"), (note.Line, note.Message));
    }

    [Theory]
    [InlineData(ExportFormat.Networkd)]
    [InlineData(ExportFormat.Ifupdown)]
    [InlineData(ExportFormat.Iproute2)]
    public void Export_RouteThatLeadsNowhere_IsNotedAndNotLaidOverTheCard(ExportFormat format)
    {
        ExportResult result = Export("devices: {tap0: {kind: tap, routes: [{to: 10.9.0.0/16, type: blackhole}, {to: 10.8.0.0/16}]}}", format);

        Assert.Equal("routes.type of tap0 is not exported", Assert.Single(result.Notes).Message);
        string text = string.Concat(result.Files.Select(f => f.Text));
        Assert.Contains("10.8.0.0/16", text, StringComparison.Ordinal);
        Assert.DoesNotContain("10.9.0.0/16", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Ifupdown_WithTunctlUser_IsTheEmbeddedDefaultButPromiscuous()
    {
        ImportResult result = Importer.Import([new()
        {
            Path = "interfaces",
            Text = """
                # The loopback
                auto lo tap0
                iface lo inet loopback
                iface tap0 inet static
                    address 192.168.0.1
                    netmask 255.255.255.0
                    broadcast 192.168.0.255
                    tunctl_user root
                    up ip link set $IFACE promisc on
                    down ip link set $IFACE promisc off
                """,
        }]);
        Assert.Empty(result.Notes);
        ImportedCards.AssertSame(Parse(ConfigurationFile.DefaultText), ImportedCards.Parse(result));
    }

    [Fact]
    public void Ifupdown_OtherThings_AreNotedWithTheirLines()
    {
        ImportResult result = Importer.Import([new()
        {
            Path = "interfaces",
            Text = "source /etc/network/interfaces.d/*\niface eth0 inet static\n  address 10.0.0.2/24\n" +
                "iface tap1 inet manual\n  pre-up ip tuntap add tap1 mode tap\n  wpa-ssid x\n",
        }]);
        Assert.Equal(
            [(1, "not carried over: source /etc/network/interfaces.d/*"), (6, "not carried over: wpa-ssid x")],
            result.Notes.Where(n => n.Line != 2).Select(n => (n.Line, n.Message)));
        Assert.Contains(result.Notes, n => n.Line == 2 && n.Message.Contains("eth0", StringComparison.Ordinal));
        Assert.Equal(["tap1"], result.Cards);
    }

    [Fact]
    public void Networkd_PatternsAndUnknownKeys_AreReadAndNoted()
    {
        ImportResult result = Importer.Import(
        [
            new() { Path = "20-all.network", Text = "[Match]\nName=tap*\n[Network]\nAddress=10.0.0.1/24\nLLDP=yes\n" },
            new() { Path = "10-a.netdev", Text = "[NetDev]\nName=tap4\nKind=tap\nMTUBytes=1400\n[Tap]\nMultiQueue=yes\n" },
            new() { Path = "11-b.netdev", Text = "[NetDev]\nName=wg0\nKind=wireguard\n" },
        ]);
        DeviceDefinition card = Assert.Single(ImportedCards.Parse(result));
        Assert.Equal(("tap4", true, "10.0.0.1/24"), (card.Name, card.MultiQueue, card.Addresses[0].ToString()));
        Assert.Equal(
            ["20-all.network:5", "10-a.netdev:4", "11-b.netdev:2"], result.Notes.Select(n => $"{n.Path}:{n.Line}"));
    }

    private static IReadOnlyList<DeviceDefinition> Parse(string text) => ConfigurationFile.Parse(text, "t.yaml", "test").Devices;

    private static ExportResult Export(string text, ExportFormat format) => Exporter.Export(Parse(text), format);
}
