// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net.Sockets;
using Tunbridge.Linux;
using Tunbridge.Packets;
using Tunbridge.Testing;

namespace Tunbridge.Devices.Tests;

/// <summary>The virtual host as the kernel's own programs see it, through a card.</summary>
public sealed class VirtualHostKernelTests
{
    public static TheoryData<DeviceLayer, string, Offload> Cards => new()
    {
        { DeviceLayer.Frame, ServedHost.Ipv4, Offload.None },
        { DeviceLayer.Frame, ServedHost.Ipv6, Offload.None },
        { DeviceLayer.Packet, ServedHost.Ipv4, Offload.None },
        { DeviceLayer.Packet, ServedHost.Ipv6, Offload.None },
        { DeviceLayer.Frame, ServedHost.Ipv4, Offload.All },
        { DeviceLayer.Frame, ServedHost.Ipv6, Offload.All },
        { DeviceLayer.Packet, ServedHost.Ipv4, Offload.All },
        { DeviceLayer.Packet, ServedHost.Ipv6, Offload.All },
    };

    [Theory]
    [MemberData(nameof(Cards))]
    public void Ping_OfEverySizeThatFits_IsAnswered(DeviceLayer layer, string address, Offload offload)
    {
        RealTool.Require("ping");
        using ServedHost served = new(layer, offload);
        served.AwaitReachable(address);
        int[] sizes = [0, 1, 56, 1000, address == ServedHost.Ipv4 ? 1472 : 1452];
        foreach (int size in sizes)
        {
            CommandResult ping = served.Ns.Exec(
                "ping", "-n", "-c", "2", "-i", "0.05", "-W", "20", "-s", size.ToString(CultureInfo.InvariantCulture), address);
            Assert.True(ping.ExitCode == 0, ping.Output + ping.Error);
            Assert.True(ping.Output.Contains(" 2 received, 0% packet loss", StringComparison.Ordinal), ping.Output);
            Assert.Contains(" ttl=64", ping.Output, StringComparison.Ordinal);
        }

        Assert.Null(served.Stop());
        Assert.InRange(served.Host.Sent, 2 * sizes.Length, served.Host.Received);
        Assert.Equal(0, served.Host.Refused);
    }

    [Theory]
    [MemberData(nameof(Cards))]
    public void UdpEcho_ComesBackFromPort7AndFromNoOther(DeviceLayer layer, string address, Offload offload)
    {
        using ServedHost served = new(layer, offload);
        byte[] received = new byte[2000];
        using (Socket other = served.Udp(address, 9))
        {
            other.Send("nobody there"u8);
            using Socket socket = served.Udp(address, 7);
            foreach (int size in new[] { 0, 1, 2, 17, 1400 })
            {
                byte[] sent = new byte[size];
                new Random(size).NextBytes(sent);
                socket.Send(sent);
                Assert.Equal(size, socket.Receive(received));
                Assert.Equal(sent, received[..size]);
            }

            Assert.Equal(0, other.Available); // it was sent first, so an answer would have been here first
        }

        Assert.Null(served.Stop());
    }

    [Theory]
    [InlineData(DeviceLayer.Frame, ServedHost.Ipv4)]
    [InlineData(DeviceLayer.Frame, ServedHost.Ipv6)]
    [InlineData(DeviceLayer.Packet, ServedHost.Ipv4)]
    [InlineData(DeviceLayer.Packet, ServedHost.Ipv6)]
    public void UdpEcho_OfASuperpacket_ComesBackWholeAndIsCutByTheKernel(DeviceLayer layer, string address)
    {
        const int UdpLevel = 17;
        const int UdpSegment = 103;
        const int Segments = 10;
        const int Size = 1000;
        using ServedHost served = new(layer, Offload.All);
        Assert.SkipUnless(served.Card.Offload.HasFlag(Offload.Udp), "this kernel has no UDP superpackets (Linux 6.2)");
        using Socket socket = served.Udp(address, 7);
        socket.Send("neighbours know each other after this"u8);
        byte[] received = new byte[2000];
        socket.Receive(received);
        long before = served.Host.Received;
        socket.SetRawSocketOption(UdpLevel, UdpSegment, BitConverter.GetBytes(Size));
        byte[] sent = new byte[Segments * Size];
        new Random(1).NextBytes(sent);

        Assert.Equal(sent.Length, socket.Send(sent));

        for (int i = 0; i < Segments; i++)
        {
            Assert.Equal(Size, socket.Receive(received));
            Assert.Equal(sent[(i * Size)..((i + 1) * Size)], received[..Size]);
        }

        Assert.Null(served.Stop());
        Assert.Equal(1, served.Host.Received - before);
    }

    [Fact]
    public void Neighbours_AfterAPing_AreTheHostsMac()
    {
        RealTool.Require("ping");
        using ServedHost served = new(DeviceLayer.Frame);
        Assert.Equal(0, served.Ns.Exec("ping", "-n", "-c", "1", "-W", "20", ServedHost.Ipv4).ExitCode);
        Assert.Equal(0, served.Ns.Exec("ping", "-n", "-c", "1", "-W", "20", ServedHost.Ipv6).ExitCode);
        Assert.Contains($"{ServedHost.Ipv4} lladdr 02:00:00:00:00:02", served.Ns.Ip("neigh show dev t0"), StringComparison.Ordinal);
        Assert.Contains($"{ServedHost.Ipv6} lladdr 02:00:00:00:00:02", served.Ns.Ip("neigh show dev t0"), StringComparison.Ordinal);
    }

    [Fact]
    public void DuplicateAddressDetection_OfTheHostsAddress_FindsIt()
    {
        using ServedHost served = new(DeviceLayer.Frame);
        served.Ns.Ip($"addr add {ServedHost.Ipv6}/64 dev t0");
        string shown;
        do
            shown = served.Ns.Ip("-6 addr show dev t0");
        while (shown.Contains(" tentative", StringComparison.Ordinal) && !shown.Contains(" dadfailed", StringComparison.Ordinal));
        Assert.Contains(" dadfailed", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_CardDeletedUnderIt_EndsWithTheKernelsError()
    {
        using ServedHost served = new(DeviceLayer.Packet);
        served.Ns.Ip("link delete t0");
        LinuxException error = Assert.IsType<LinuxException>(served.Join());
        Assert.Contains("t0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_CardClosed_EndsWithoutAnError()
    {
        using ServedHost served = new(DeviceLayer.Packet);
        served.Card.Dispose();
        Assert.Null(served.Join());
    }
}
