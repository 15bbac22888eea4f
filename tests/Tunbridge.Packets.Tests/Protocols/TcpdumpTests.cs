// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Diagnostics;

namespace Tunbridge.Packets.Tests.Protocols;

/// <summary>What the builders write, as tcpdump judges it: it recomputes every checksum.</summary>
public sealed class TcpdumpTests
{
    private const uint One = 0xC0A80001;
    private const uint Two = 0xC0A80002;
    private const ushort PayloadPort = 40000;

    private static readonly UInt128 s_one = new(0xFD00_0000_0000_0000, 1);
    private static readonly UInt128 s_two = new(0xFD00_0000_0000_0000, 2);
    private static readonly MacAddress s_mac1 = MacAddress.Parse("02:00:00:00:00:01");
    private static readonly MacAddress s_mac2 = MacAddress.Parse("02:00:00:00:00:02");

    [Fact]
    public async Task Builders_EveryProtocol_HaveChecksumsTcpdumpCallsCorrect()
    {
        // Odd lengths too, where the last byte counts as the high half of a word.
        byte[] payload = "odd length payload!"u8.ToArray();
        TcpHeader tcp = new() { SourcePort = PayloadPort, DestinationPort = 40001, Flags = TcpFlags.Psh | TcpFlags.Ack, WindowSize = 100 };
        byte[] echoReply = [.. KernelFrames.IcmpEchoRequest];
        byte[] echoReply6 = [.. KernelFrames.Icmpv6EchoRequest];
        Assert.True(PacketReply.TryMakeEchoReply(echoReply, DeviceLayer.Frame));
        Assert.True(PacketReply.TryMakeEchoReply(echoReply6, DeviceLayer.Frame));
        List<byte[]> frames =
        [
            V4(IpProtocol.Udp, b => UdpView.Write(b, One, PayloadPort, Two, 40001, payload)),
            V4(IpProtocol.Tcp, b => TcpView.Write(b, One, Two, tcp, [2, 4, 5, 0xB4], payload)),
            V6(IpProtocol.Udp, b => UdpView.Write(b, s_one, PayloadPort, s_two, 40001, payload)),
            V6(IpProtocol.Tcp, b => TcpView.Write(b, s_one, s_two, tcp, [2, 4, 5, 0xB4], payload)),
            V6(IpProtocol.Icmpv6, b => Icmpv6View.WriteEcho(b, s_one, s_two, Icmpv6Type.EchoRequest, 7, 3, payload)),
            V6(IpProtocol.Icmpv6, b => Icmpv6View.WritePacketTooBig(b, s_one, s_two, 1280, payload)),
            V6(IpProtocol.Icmpv6, b => NeighborView.WriteSolicitation(b, s_one, s_two, s_two, s_mac1)),
            V6(IpProtocol.Icmpv6, b => NeighborView.WriteAdvertisement(b, s_one, s_two, s_one, s_mac1, isSolicited: true)),
            V6(IpProtocol.Icmpv6, b => RouterView.WriteAdvertisement(b, s_one, s_two, new RouterAdvertisement { RouterLifetimeSeconds = 9 }, [])),
            echoReply6,
            V4(IpProtocol.Icmp, b => IcmpView.WriteEcho(b, IcmpType.EchoRequest, 7, 3, payload)),
            V4(IpProtocol.Icmp, b => IcmpView.WriteDestinationUnreachable(b, IcmpUnreachableCode.FragmentationNeeded, KernelFrames.Udp4.AsSpan(14), 576)),
            echoReply,
        ];

        List<string> packets = await DescribeAsync(frames);
        Assert.Equal(frames.Count, packets.Count);
        // UDP and ICMPv6 say "udp sum ok", "icmp6 sum ok"; TCP "(correct)"; ICMP and IPv4 speak up only when wrong.
        string[] praise = ["udp sum ok", "(correct)", "udp sum ok", "(correct)", .. Enumerable.Repeat("icmp6 sum ok", 6), "id 7, seq 3", "mtu 576", "echo reply"];
        for (int i = 0; i < packets.Count; i++)
        {
            Assert.Contains(praise[i], packets[i], StringComparison.Ordinal);
            Assert.DoesNotMatch("(?i)bad|wrong|incorrect|invalid|truncated", packets[i]);
        }
    }

    [Fact]
    public async Task Builders_ChecksumDamaged_IsNotCalledCorrect()
    {
        // The test above can fail: tcpdump does look.
        byte[] udp = V4(IpProtocol.Udp, b => UdpView.Write(b, One, PayloadPort, Two, 40001, "payload"u8));
        udp[^1] ^= 1;
        byte[] icmp = V4(IpProtocol.Icmp, b => IcmpView.WriteEcho(b, IcmpType.EchoRequest, 7, 3, "payload"u8));
        icmp[^1] ^= 1;
        List<string> packets = await DescribeAsync([udp, icmp]);
        Assert.Contains("bad udp cksum", packets[0], StringComparison.Ordinal);
        Assert.Contains("wrong icmp cksum", packets[1], StringComparison.Ordinal);
    }

    private delegate int Build(Span<byte> destination);

    private static byte[] V4(IpProtocol protocol, Build build)
    {
        byte[] frame = Poison.Buffer(256);
        int length = build(frame.AsSpan(34));
        EthernetView.Write(frame, s_mac2, s_mac1, EtherType.Ipv4);
        Ipv4View.Write(
            frame.AsSpan(14),
            new Ipv4Header { Source = One, Destination = Two, Protocol = protocol, Identification = 5 },
            length);
        return Poison.Written(frame, 34 + length);
    }

    private static byte[] V6(IpProtocol protocol, Build build)
    {
        byte[] frame = Poison.Buffer(256);
        int length = build(frame.AsSpan(54));
        EthernetView.Write(frame, s_mac2, s_mac1, EtherType.Ipv6);
        Ipv6View.Write(
            frame.AsSpan(14),
            new Ipv6Header { Source = s_one, Destination = s_two, NextHeader = protocol, HopLimit = 255 },
            length);
        return Poison.Written(frame, 54 + length);
    }

    // One string a packet: tcpdump -vv gives a line that starts with a time stamp, and indented ones after it.
    private static async Task<List<string>> DescribeAsync(IReadOnlyList<byte[]> frames)
    {
        string? tcpdump = Find("tcpdump");
        Assert.SkipUnless(tcpdump is not null, "tcpdump is not installed");
        ProcessStartInfo start = new(tcpdump!, ["-nn", "-vv", "-tt", "-r", "-"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellation);
        Task<string> errors = process.StandardError.ReadToEndAsync(cancellation);
        await process.StandardInput.BaseStream.WriteAsync(Pcap(frames), cancellation);
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancellation);
        Assert.True(process.ExitCode == 0, await errors);

        List<string> packets = [];
        foreach (string line in (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (char.IsAsciiDigit(line[0])) packets.Add(line);
            else packets[^1] += "\n" + line;
        }

        return packets;
    }

    // The classic format by hand: magic, version 2.4, zone, accuracy, snap length, link type 1 (Ethernet); then each frame.
    private static byte[] Pcap(IReadOnlyList<byte[]> frames)
    {
        byte[] file = new byte[24 + frames.Sum(f => 16 + f.Length)];
        BinaryPrimitives.WriteUInt32LittleEndian(file, 0xA1B2C3D4);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(4), 2);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(6), 4);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(16), 65535);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(20), 1);
        int offset = 24;
        foreach (byte[] frame in frames)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(offset), 1_700_000_000);
            BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(offset + 8), (uint)frame.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(offset + 12), (uint)frame.Length);
            frame.CopyTo(file, offset + 16);
            offset += 16 + frame.Length;
        }

        return file;
    }

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin")
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
