// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Tunbridge.Packets;
using Tunbridge.Testing;

namespace Tunbridge.Devices.Tests.Offloads;

/// <summary>The kernel's superpackets cut and joined on their way, judged by tcpdump and by the socket at the end.</summary>
/// <remarks>
/// <code>
/// namespace A                                                          namespace B
/// client ── card ── read ─▶ Segmenter ─▶ tcpdump, Coalescer ─▶ writev ── card ── server
/// </code>
/// </remarks>
public sealed partial class CutAndJoinTests : DeviceTest
{
    private const int Port = 5001;
    private const int UdpSegment = 103; // UDP_SEGMENT of SOL_UDP, linux/udp.h
    private const int SolUdp = 17;

    // A datagram may be lost on a machine that does much else, and nobody sends it again.
    private static readonly TimeSpan s_patience = Generous.Patience;

    private readonly TestNamespace _other = new();
    private readonly MemoryStream _capture = new();
    private CuttingRelay _there = null!;
    private CuttingRelay _back = null!;

    public static TheoryData<string, DeviceLayer, int> Paths => new()
    {
        { "10.7.0", DeviceLayer.Packet, 1500 },
        { "10.7.0", DeviceLayer.Packet, 576 },
        { "fd07::", DeviceLayer.Packet, 1280 },
        { "10.7.0", DeviceLayer.Frame, 1500 },
        { "fd07::", DeviceLayer.Frame, 9000 },
    };

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Tcp_CutAndJoined_ArrivesWhole(string network, DeviceLayer layer, int mtu)
    {
        RealTool.Require("tcpdump");
        byte[] data = new byte[16_000_000];
        new Random(mtu).NextBytes(data);
        await Through(layer, mtu, async () =>
        {
            using TcpListener listener = _other.Run(() => new TcpListener(Address(network, 2), Port));
            _other.Run(listener.Start);
            using Socket client = Ns.Run(() => new Socket(Address(network, 2).AddressFamily, SocketType.Stream, ProtocolType.Tcp));
            await client.ConnectAsync(Address(network, 2), Port, Token);
            using Socket server = await listener.AcceptSocketAsync(Token);
            byte[] received = new byte[data.Length];
            Task receiving = Task.Run(async () =>
            {
                for (int at = 0; at < received.Length;)
                {
                    int count = await server.ReceiveAsync(received.AsMemory(at), Token).AsTask().WaitAsync(s_patience, Token);
                    Assert.NotEqual(0, count);
                    at += count;
                }
            }, Token);
            for (int sent = 0; sent < data.Length;)
                sent += await client.SendAsync(data.AsMemory(sent), Token);
            await receiving;
            Assert.Equal(SHA256.HashData(data), SHA256.HashData(received));
        });

        Assert.True(_there.Superpackets > 100, $"only {_there.Superpackets} superpackets came");
        Assert.True(_there.MergedPackets > _there.Segments / 2, $"{_there.MergedPackets} of {_there.Segments} segments merged");
        string text = TcpdumpOfSegments();
        int correct = text.Split("(correct)").Length - 1;
        Assert.True(correct >= _there.Captured * 9 / 10, $"{correct} of {_there.Captured} segments have a right checksum:\n{text[..Math.Min(2000, text.Length)]}");
    }

    [Theory]
    [InlineData("10.7.0", DeviceLayer.Packet)]
    [InlineData("fd07::", DeviceLayer.Packet)]
    [InlineData("10.7.0", DeviceLayer.Frame)]
    public async Task Udp_CutAndJoined_ArrivesDatagramByDatagram(string network, DeviceLayer layer)
    {
        const int Size = 1000, Count = 20;
        RealTool.Require("tcpdump");
        byte[] data = new byte[(Size * Count) - 100];
        new Random(1).NextBytes(data);
        await Through(layer, 1500, async () =>
        {
            AddressFamily family = Address(network, 2).AddressFamily;
            using Socket client = Ns.Run(() => new Socket(family, SocketType.Dgram, ProtocolType.Udp));
            using Socket server = _other.Run(() => new Socket(family, SocketType.Dgram, ProtocolType.Udp));
            server.Bind(new IPEndPoint(Address(network, 2), Port));
            client.SetRawSocketOption(SolUdp, UdpSegment, BitConverter.GetBytes(Size));
            await client.ConnectAsync(Address(network, 2), Port, Token);
            byte[] buffer = new byte[2000];
            for (int round = 0; round < 30; round++)
            {
                await client.SendAsync(data, Token);
                for (int at = 0; at < data.Length; at += Size)
                {
                    int count = await server.ReceiveAsync(buffer, Token).AsTask().WaitAsync(s_patience, Token);
                    Assert.Equal(Math.Min(Size, data.Length - at), count);
                    Assert.True(data.AsSpan(at, count).SequenceEqual(buffer.AsSpan(0, count)), $"round {round}, byte {at}");
                }
            }
        });

        Assert.True(_there.Superpackets >= 30, $"only {_there.Superpackets} superpackets came");
        Assert.True(_there.MergedPackets >= 30 * Count, $"only {_there.MergedPackets} segments were merged");
        Assert.Equal(30 * Count, TcpdumpOfSegments().Split("[udp sum ok]").Length - 1);
    }

    private async Task Through(DeviceLayer layer, int mtu, Func<Task> exchange)
    {
        using VirtualDevice a = Join(Ns, layer, 1, mtu);
        using VirtualDevice b = Join(_other, layer, 2, mtu);
        _there = new CuttingRelay(a, b, _capture);
        _back = new CuttingRelay(b, a);
        Task[] relays = [Task.Run(_there.Run, Token), Task.Run(_back.Run, Token)];
        await exchange();
        a.Dispose();
        b.Dispose();
        await Task.WhenAll(relays);
        _other.Dispose();
        foreach (CuttingRelay relay in (CuttingRelay[])[_there, _back])
        {
            Assert.Equal(SegmentRefusal.None, relay.Refusal);
            Assert.True(relay.Coalescer.IsEnabled(GsoKind.TcpV4), "the kernel refused TCP over IPv4");
            Assert.True(relay.Coalescer.IsEnabled(GsoKind.TcpV6), "the kernel refused TCP over IPv6");
            Assert.True(relay.Coalescer.IsEnabled(GsoKind.UdpL4), "the kernel refused UDP");
        }

        Assert.Equal((0L, 0L), (a.Refusals.Total, b.Refusals.Total));
    }

    private static VirtualDevice Join(TestNamespace ns, DeviceLayer layer, int host, int mtu)
    {
        DeviceOptions options = new()
        {
            Name = "t0",
            Namespace = ns.Namespace,
            Offload = Offload.All,
            TransmitQueueLength = 1000,
            Mtu = mtu,
        };
        VirtualDevice device = layer == DeviceLayer.Packet ? TunDevice.Create(options) : TapDevice.Create(options);
        ns.Ip($"addr add 10.7.0.{host}/24 dev t0");
        if (mtu >= 1280)
            ns.Ip($"addr add fd07::{host}/64 dev t0 nodad");
        ns.Ip("link set t0 up");
        return device;
    }

    private static IPAddress Address(string network, int host) =>
        IPAddress.Parse(network + (network.Contains(':', StringComparison.Ordinal) ? "" : ".") + host.ToString(CultureInfo.InvariantCulture));

    private string TcpdumpOfSegments()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, _capture.ToArray());
            CommandResult result = CommandResult.Of("tcpdump", "-nn", "-vv", "-r", path);
            Assert.True(result.ExitCode == 0, result.Error);
            Assert.DoesNotMatch(Wrong(), result.Output);
            return result.Output;
        }
        finally
        {
            File.Delete(path);
        }
    }

    [GeneratedRegex(@"incorrect|bad cksum|bad udp|bad length|truncated|invalid")]
    private static partial Regex Wrong();
}
