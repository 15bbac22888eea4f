// SPDX-License-Identifier: Apache-2.0
using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using Tunbridge.Packets.Capture;

namespace Tunbridge.Packets.Tests.Capture;

/// <summary>The real tcpdump reads what the writer wrote, from its standard input.</summary>
public sealed class PcapngTcpdumpTests
{
    private const long Nanoseconds = 1_700_000_000_123_456_789;

    [Fact]
    public async Task Tcpdump_RawPackets_ShowsTimeAddressesAndPorts()
    {
        string[] lines = await ReadByTcpdumpAsync(["-tt", "--nano", "-nn", "-vv"], stream =>
        {
            var writer = new PcapngWriter(stream, "tunbridge tests");
            int number = writer.AddInterface(PcapngLinkType.Raw, "tun0");
            writer.WritePacket(number, Udp("192.168.0.1", "192.168.0.2", 5), Nanoseconds, PacketDirection.Outbound);
            writer.WritePacket(number, Udp("192.168.0.2", "192.168.0.1", 6), Nanoseconds + 1, PacketDirection.Inbound);
            writer.WriteStatistics(number, Nanoseconds + 2, 2, 0);
        });

        string text = string.Join('\n', lines);
        Assert.Contains("1700000000.123456789 IP ", text, StringComparison.Ordinal);
        Assert.Contains("1700000000.123456790 IP ", text, StringComparison.Ordinal);
        Assert.Contains("0.1.1000 > 192.168.0.2.2000: [udp sum ok] UDP, length 5", text, StringComparison.Ordinal);
        Assert.Contains("0.2.1000 > 192.168.0.1.2000: [udp sum ok] UDP, length 6", text, StringComparison.Ordinal);
        Assert.DoesNotContain("bad cksum", text, StringComparison.Ordinal); // the IPv4 header's, by our InternetChecksum
    }

    [Fact]
    public async Task Tcpdump_CutFrames_ShowsMacAddressesAndTheOriginalLength()
    {
        string[] lines = await ReadByTcpdumpAsync(["-tt", "-nn", "-e"], stream =>
        {
            var writer = new PcapngWriter(stream);
            int number = writer.AddInterface(PcapngLinkType.Ethernet, "tap0", snapLength: 60);
            byte[] frame = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x08, 0x00, .. Udp("10.0.0.1", "10.0.0.2", 1000)];
            writer.WritePacket(number, frame, Nanoseconds);
        });

        string line = Assert.Single(lines);
        const string Frame = "02:00:00:00:00:02 > 02:00:00:00:00:01, ethertype IPv4 (0x0800), length 1042:";
        Assert.Contains(Frame, line, StringComparison.Ordinal);
        Assert.Contains("10.0.0.1.1000 > 10.0.0.2.2000: UDP, length 1000", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tcpdump_Superpackets_AreRead()
    {
        string[] lines = await ReadByTcpdumpAsync(["-tt", "-nn"], stream =>
        {
            var writer = new PcapngWriter(stream);
            int number = writer.AddInterface(PcapngLinkType.Raw);
            for (int i = 0; i < 20; i++)
                writer.WritePacket(number, Udp("10.0.0.1", "10.0.0.2", 65_000 + i), Nanoseconds + i);
        });

        Assert.Equal(20, lines.Length);
        Assert.Contains("UDP, length 65019", lines[^1], StringComparison.Ordinal);
    }

    private static byte[] Udp(string source, string destination, int payloadLength)
    {
        int length = 8 + payloadLength;
        byte[] from = IPAddress.Parse(source).GetAddressBytes();
        byte[] to = IPAddress.Parse(destination).GetAddressBytes();
        byte[] ip =
        [
            0x45, 0, (byte)((length + 20) >> 8), (byte)(length + 20), 0, 0, 0x40, 0, 64, 17, 0, 0, .. from, .. to,
        ];
        ushort checksum = InternetChecksum.Compute(ip);
        (ip[10], ip[11]) = ((byte)(checksum >> 8), (byte)checksum);

        byte[] payload = [.. Enumerable.Range(0, payloadLength).Select(i => (byte)i)];
        byte[] udp =
            [1000 >> 8, 1000 & 0xFF, 2000 >> 8, 2000 & 0xFF, (byte)(length >> 8), (byte)length, 0, 0, .. payload];
        uint pseudo = InternetChecksum.PseudoHeaderV4(from, to, 17, length);
        checksum = InternetChecksum.FinishUdp(InternetChecksum.Sum(udp, pseudo));
        (udp[6], udp[7]) = ((byte)(checksum >> 8), (byte)checksum);
        return [.. ip, .. udp];
    }

    private static async Task<string[]> ReadByTcpdumpAsync(string[] options, Action<Stream> write)
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo("tcpdump", ["-r", "-", .. options])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            Assert.Skip("tcpdump is not installed");
        }

        Task<string> output = process.StandardOutput.ReadToEndAsync(token);
        Task<string> errors = process.StandardError.ReadToEndAsync(token);
        await using (Stream input = process.StandardInput.BaseStream)
            write(input);
        await process.WaitForExitAsync(token);
        Assert.True(process.ExitCode == 0, await errors);
        return (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
