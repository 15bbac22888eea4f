// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tunbridge.Packets;
using Tunbridge.Testing;

namespace Tunbridge.Devices.Tests.Forwarding;

/// <summary>Real TCP through joined cards, byte for byte, without a segment sent twice.</summary>
/// <remarks>
/// <c>TUNBRIDGE_SOAK=1</c> (tests/soak/run) makes it 256 MiB instead of 16. The cards have long queues and TCP is patient
/// (<see cref="JoinedNamespaces.Configure"/>): on a busy machine a card's queue may fill and a timer run out, which says nothing
/// of the forwarder; what it loses or changes is sent again all the same.
/// </remarks>
public sealed partial class ForwarderTransferTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<int, string, ForwardingMode> Paths
    {
        get
        {
            TheoryData<int, string, ForwardingMode> paths = [];
            foreach (ForwardingMode mode in Enum.GetValues<ForwardingMode>())
            {
                paths.Add(576, "10.7.0.2", mode);
                paths.Add(1280, "fd00:7::2", mode);
                foreach (int mtu in (int[])[1500, 9000, 65000])
                {
                    paths.Add(mtu, "10.7.0.2", mode);
                    paths.Add(mtu, "fd00:7::2", mode);
                }
            }

            return paths;
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Tun_TcpOfRandomBytes_ArrivesAsSentAndOnce(int mtu, string address, ForwardingMode mode)
    {
        using JoinedNamespaces joined = new(DeviceLayer.Packet, mtu, forwarder: new() { Mode = mode });
        long bytes = TcpTransfer.Megabytes << 20;
        Assert.Equal(0, await TcpTransfer.RunAsync(joined.A, joined.B, address, bytes, Token));
        ForwardingCounters forth = joined.Forwarder.FirstToSecond, back = joined.Forwarder.SecondToFirst;
        Assert.Equal((0L, 0L), (forth.Dropped, back.Dropped));
        Assert.InRange(forth.Bytes, bytes, bytes * 2);
        Assert.True(back.Packets > 0);
        if (mtu < 65000)
            Assert.True(forth.Superpackets > 50, $"only {forth.Superpackets} superpackets of {forth.Packets} packets");
    }

    [Fact]
    public async Task Tap_TcpOfRandomBytes_ArrivesAsSentAndOnce()
    {
        using JoinedNamespaces joined = new(DeviceLayer.Frame);
        Assert.Equal(0, await TcpTransfer.RunAsync(joined.A, joined.B, "10.7.0.2", TcpTransfer.Megabytes << 20, Token));
        Assert.Equal(0, await TcpTransfer.RunAsync(joined.B, joined.A, "fd00:7::1", TcpTransfer.Megabytes << 20, Token));
        Assert.True(joined.Forwarder.FirstToSecond.Superpackets > 50);
        Assert.Equal(0, joined.Forwarder.FirstToSecond.Dropped + joined.Forwarder.SecondToFirst.Dropped);
    }

    [Fact]
    public async Task FourQueues_EightFlowsBothWays_ArriveInOrder()
    {
        using JoinedNamespaces joined = new(DeviceLayer.Packet, options: new() { Offload = Offload.All, Queues = 4 });
        long before = TcpTransfer.Retransmissions(joined.A) + TcpTransfer.Retransmissions(joined.B);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => i % 2 == 0
            ? TcpTransfer.RunAsync(joined.A, joined.B, "10.7.0.2", 4 << 20, Token)
            : TcpTransfer.RunAsync(joined.B, joined.A, "fd00:7::1", 4 << 20, Token)));
        // A flow whose packets change places is sent again by its kernel.
        Assert.Equal(before, TcpTransfer.Retransmissions(joined.A) + TcpTransfer.Retransmissions(joined.B));
    }

    [Fact]
    public async Task WithoutVirtioHeaders_SinglePacketsPass()
    {
        using JoinedNamespaces joined = new(DeviceLayer.Packet, options: new());
        await TcpTransfer.RunAsync(joined.A, joined.B, "10.7.0.2", 4 << 20, Token);
        Assert.Equal(0, joined.Forwarder.FirstToSecond.Superpackets);
        Assert.True(joined.Forwarder.FirstToSecond.Packets > 2000);
    }

    [Fact]
    public void Tap_Iperf3_IsSatisfied()
    {
        RealTool.Require("iperf3");
        using JoinedNamespaces joined = new(DeviceLayer.Frame);
        using System.Diagnostics.Process server = joined.B.Start("iperf3", "-s", "-1", "--forceflush");
        while (server.StandardOutput.ReadLine() is string line && !line.Contains("listening", StringComparison.Ordinal))
            Assert.NotNull(line);
        CommandResult client = joined.A.Exec("iperf3", "-c", "10.7.0.2", "-n", "64M", "-J");
        Assert.True(client.ExitCode == 0, client.Output + client.Error);
        JsonElement end = JsonDocument.Parse(client.Output).RootElement.GetProperty("end");
        Assert.InRange(end.GetProperty("sum_sent").GetProperty("bytes").GetInt64(), 64 << 20, 80 << 20);
        // The server stops counting when the client says that it is done, before the last of it has arrived.
        Assert.InRange(end.GetProperty("sum_received").GetProperty("bytes").GetInt64(), 32 << 20, 80 << 20);
        Assert.True(server.WaitForExit(JoinedNamespaces.Patience));
    }

    /// <summary>The forwarder's superpackets leave namespace B by a card that cannot cut: its kernel has to.</summary>
    [Theory]
    [InlineData(ForwardingMode.Whole, "10.8.0.2")]
    [InlineData(ForwardingMode.Whole, "fd00:8::2")]
    [InlineData(ForwardingMode.Segmented, "10.8.0.2")]
    [InlineData(ForwardingMode.Segmented, "fd00:8::2")]
    public async Task WhatTheKernelCuts_HasRightChecksumsSaysTcpdump(ForwardingMode mode, string address)
    {
        RealTool.Require("tcpdump", "ethtool");
        RealRoot.Require(); // tcpdump gives root up, which it cannot in a user namespace
        using JoinedNamespaces joined = new(DeviceLayer.Packet, forwarder: new() { Mode = mode });
        using TestNamespace far = new();
        string name = string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{far.Namespace.Descriptor.Number}");
        joined.B.Ip($"link add v0 type veth peer name v1 netns {name}");
        foreach ((TestNamespace space, string card, string host) in ((TestNamespace, string, string)[])[(joined.B, "v0", "1"), (far, "v1", "2")])
        {
            Assert.Equal(0, space.Exec("ethtool", "-K", card, "tso", "off", "gso", "off", "tx", "off", "gro", "off").ExitCode);
            space.Ip($"addr add 10.8.0.{host}/24 dev {card}");
            space.Ip($"addr add fd00:8::{host}/64 dev {card} nodad");
            space.Ip($"link set {card} up");
        }

        joined.B.Run(() =>
        {
            File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1");
            File.WriteAllText("/proc/sys/net/ipv6/conf/all/forwarding", "1");
        });
        joined.A.Ip("route add default via 10.7.0.2");
        joined.A.Ip("-6 route add default via fd00:7::2");
        far.Ip("route add default via 10.8.0.1");
        far.Ip("-6 route add default via fd00:8::1");
        using System.Diagnostics.Process dump = far.Start(
            "tcpdump", "-n", "-vv", "-l", "-i", "v1", "-c", "400", $"tcp and dst host {address}");
        while (dump.StandardError.ReadLine() is string line && !line.Contains("listening on", StringComparison.Ordinal))
            Assert.NotNull(line);
        Task<string> seen = dump.StandardOutput.ReadToEndAsync(Token);
        await TcpTransfer.RunAsync(joined.A, far, address, 4 << 20, Token);
        string text = await seen;
        Assert.DoesNotContain("incorrect", text, StringComparison.Ordinal);
        Assert.True(text.Split("(correct)").Length > 300, text[..Math.Min(text.Length, 2000)]);
        // What tcpdump shows of each packet's payload last: nothing longer than a segment came through the wire.
        Assert.InRange(Payload().Matches(text).Max(m => int.Parse(m.Groups[1].ValueSpan, CultureInfo.InvariantCulture)), 1400, 1460);
    }

    [GeneratedRegex(@"seq [0-9:]+, .*length (\d+)$", RegexOptions.Multiline)]
    private static partial Regex Payload();
}
