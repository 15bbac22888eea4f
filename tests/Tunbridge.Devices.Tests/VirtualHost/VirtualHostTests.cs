// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.Packets;

namespace Tunbridge.Devices.Tests;

/// <summary>The virtual host on a pair of queues in memory, with literal requests and answers.</summary>
public sealed class VirtualHostTests : IDisposable
{
    private static readonly VirtualHostOptions s_options = new()
    {
        Ipv4Address = IPAddress.Parse("192.168.0.2"),
        Ipv6Address = IPAddress.Parse("fd00::2"),
    };

    private readonly List<IDisposable> _opened = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Answered => new()
    {
        { Requests.Arp, Requests.ArpReply },
        { Requests.Solicitation, Requests.Advertisement },
        { Requests.Ping4, Requests.Pong4 },
        { Requests.Ping6, Requests.Pong6 },
        { Requests.Udp4, Requests.UdpEcho4 },
        { Requests.Udp6, Requests.UdpEcho6 },
    };

    /// <summary>A request, what is replaced in its hexadecimal digits, and by what.</summary>
    public static TheoryData<string, string, string> Unanswered => new()
    {
        { Requests.BroadcastPing, "", "" },
        { Requests.MulticastPing, "", "" },
        { Requests.MulticastReport, "", "" },
        { Requests.Pong4, "", "" },                                  // our own frame come back
        { Requests.ArpReply, "", "" },
        { Requests.Ping4, "020000000002 02", "020000000003 02" },    // to another card
        { Requests.Arp, "ffffffffffff", "020000000003" },            // unicast to another card
        { Requests.Ping4, "020000000001", "020000000002" },          // as if we had sent it
        { Requests.Arp, "c0a80002", "c0a80003" },                    // another address
        { Requests.Ping4, "c50a c0a80001 c0a80002", "c509 c0a80001 c0a80003" },
        { Requests.Ping4, "eaec", "eaed" },                          // damaged
        { Requests.Ping4, "c50a", "c50b" },
        { Requests.Ping6, "789a", "789b" },
        { Requests.Solicitation, "3a ff", "3a fe" },                 // came through a router
        { Requests.Ping4, "4000 40 01 c50a", "2000 40 01 e50a" },    // the first fragment of more
        { Requests.Udp4, "0007", "0009" },                           // a port where nobody listens
        { Requests.Udp4, "ecaa 0007", "0007 0007" },                 // two echo services
        { Requests.Ping4, "0800 4500", "88b5 4500" },                // not IPv4, though it looks so
    };

    public void Dispose() => _opened.ForEach(o => o.Dispose());

    [Theory]
    [MemberData(nameof(Answered))]
    public void Handle_FrameForTheHost_GivesTheAnswer(string request, string answer)
    {
        (VirtualHost host, MemoryPacketQueue outside) = Make(DeviceLayer.Frame);
        Assert.True(host.Handle(Requests.Bytes(request)));
        Assert.Equal(Requests.Bytes(answer), Take(outside));
        Assert.Equal((1, 1, 0, 0), (host.Received, host.Sent, host.Ignored, host.Refused));
    }

    [Theory]
    [MemberData(nameof(Answered))]
    public void Handle_PacketForTheHost_GivesTheAnswer(string request, string answer)
    {
        bool isNeighbor = request is Requests.Arp or Requests.Solicitation; // a link without addresses asks for none
        (VirtualHost host, MemoryPacketQueue outside) = Make(DeviceLayer.Packet);
        Assert.Equal(!isNeighbor, host.Handle(Requests.Bytes(request).AsSpan(Requests.LinkSize)));
        Assert.Equal(isNeighbor ? null : Requests.Bytes(answer)[Requests.LinkSize..], Take(outside));
    }

    [Theory]
    [MemberData(nameof(Answered))]
    public void Handle_TaggedFrame_IsAnsweredInItsVlan(string request, string answer)
    {
        (VirtualHost host, MemoryPacketQueue outside) = Make(DeviceLayer.Frame);
        Assert.True(host.Handle(Tagged(request)));
        Assert.Equal(Tagged(answer), Take(outside));
    }

    [Theory]
    [MemberData(nameof(Unanswered))]
    public void Handle_NothingForTheHost_IsIgnored(string request, string replaced, string by)
    {
        if (replaced.Length != 0)
        {
            Assert.Contains(replaced, request, StringComparison.Ordinal);
            request = request.Replace(replaced, by, StringComparison.Ordinal);
        }

        (VirtualHost host, MemoryPacketQueue outside) = Make(DeviceLayer.Frame);
        Assert.False(host.Handle(Requests.Bytes(request)));
        Assert.Null(Take(outside));
        Assert.Equal((1, 0, 1, 0), (host.Received, host.Sent, host.Ignored, host.Refused));
    }

    [Theory]
    [MemberData(nameof(Answered))]
    public void Handle_HostWithoutThatFamily_IsIgnored(string request, string answer)
    {
        Assert.NotEmpty(answer);
        bool isVersion6 = request.Contains("86dd", StringComparison.Ordinal);
        (VirtualHost host, MemoryPacketQueue outside) = Make(DeviceLayer.Frame, s_options with
        {
            Ipv4Address = isVersion6 ? s_options.Ipv4Address : null,
            Ipv6Address = isVersion6 ? null : s_options.Ipv6Address,
        });
        Assert.False(host.Handle(Requests.Bytes(request)));
        Assert.Null(Take(outside));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(7, true)]
    [InlineData(9, false)]
    public void Handle_UdpToPort7_IsEchoedWhenThatIsTheEchoPort(int port, bool isEchoed)
    {
        (VirtualHost host, _) = Make(DeviceLayer.Frame, s_options with { UdpEchoPort = (ushort)port });
        Assert.Equal(isEchoed, host.Handle(Requests.Bytes(Requests.Udp4)));
    }

    [Fact]
    public void Handle_UnfinishedDatagram_ComesBackWithItsDescription()
    {
        (VirtualHost host, MemoryPacketQueue outside) = Make(DeviceLayer.Frame);
        GsoInfo gso = new()
        {
            Kind = GsoKind.UdpL4,
            NeedsChecksum = true,
            ChecksumStart = 34,
            ChecksumOffset = 6,
            SegmentSize = 1,
            HeaderLength = 42,
        };
        Assert.True(host.Handle(Requests.Bytes(Requests.Udp4), gso));
        PacketBatch batch = new(1);
        Assert.Equal(1, outside.TryRead(batch));
        Assert.Equal(gso, batch[0].Gso);
    }

    [Fact]
    public void Handle_QueueFull_CountsTheAnswerAsRefused()
    {
        (VirtualHost host, _) = Make(DeviceLayer.Frame, capacity: 1);
        Assert.True(host.Handle(Requests.Bytes(Requests.Ping4)));
        Assert.False(host.Handle(Requests.Bytes(Requests.Ping4)));
        Assert.Equal((2, 1, 0, 1), (host.Received, host.Sent, host.Ignored, host.Refused));
    }

    [Fact]
    public void Handle_EveryTruncation_IsNeverAnsweredAsWhole()
    {
        foreach ((string request, string _) in Answered.Select(r => r.Data))
        {
            byte[] whole = Requests.Bytes(request);
            for (int length = 0; length < whole.Length; length++)
            {
                (VirtualHost host, MemoryPacketQueue outside) = Make(DeviceLayer.Frame);
                Assert.False(host.Handle(whole.AsSpan(0, length).ToArray()));
                Assert.Null(Take(outside));
            }
        }
    }

    [Fact]
    public async Task Run_RequestsWritten_AnswersInOrderUntilCancelled()
    {
        (VirtualHost host, MemoryPacketQueue outside) = Make(DeviceLayer.Frame);
        using CancellationTokenSource stop = new();
        Task running = Task.Run(() => host.Run(stop.Token), Token);
        outside.Write(Requests.Bytes(Requests.Arp));
        outside.Write(Requests.Bytes(Requests.MulticastReport));
        outside.Write(Requests.Bytes(Requests.Ping4));
        byte[] buffer = new byte[2000];
        foreach (string answer in new[] { Requests.ArpReply, Requests.Pong4 })
        {
            int length = await outside.ReadAsync(buffer, Token);
            Assert.Equal(Requests.Bytes(answer), buffer[..length]);
        }

        await stop.CancelAsync();
        await running;
        Assert.Equal((3, 2, 1), (host.Received, host.Sent, host.Ignored));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_EitherEndClosed_Ends(bool own)
    {
        (MemoryPacketQueue inside, MemoryPacketQueue outside) = MemoryPacketQueue.CreatePair(DeviceLayer.Frame);
        _opened.AddRange([inside, outside]);
        VirtualHost host = new(inside, s_options);
        Task running = Task.Run(() => host.Run(Token), Token);
        (own ? inside : outside).Dispose();
        await running;
    }

    [Theory]
    [InlineData("fd00::2", null, "02:00:00:00:00:02")]
    [InlineData("224.0.0.1", null, "02:00:00:00:00:02")]
    [InlineData("255.255.255.255", null, "02:00:00:00:00:02")]
    [InlineData(null, "192.168.0.2", "02:00:00:00:00:02")]
    [InlineData(null, "ff02::1", "02:00:00:00:00:02")]
    [InlineData(null, null, "01:00:00:00:00:02")]
    [InlineData(null, null, "00:00:00:00:00:00")]
    public void Constructor_AddressThatNoHostHas_IsRefused(string? ipv4, string? ipv6, string mac)
    {
        VirtualHostOptions options = new()
        {
            Ipv4Address = ipv4 is null ? null : IPAddress.Parse(ipv4),
            Ipv6Address = ipv6 is null ? null : IPAddress.Parse(ipv6),
            MacAddress = MacAddress.Parse(mac),
        };
        ArgumentException error = Assert.Throws<ArgumentException>(() => Make(DeviceLayer.Frame, options));
        Assert.Contains(ipv4 ?? ipv6 ?? mac, error.Message, StringComparison.Ordinal);
    }

    private static byte[]? Take(MemoryPacketQueue outside)
    {
        byte[] buffer = new byte[2000];
        return outside.TryRead(buffer, out int length, out _) ? buffer[..length] : null;
    }

    // Priority 3 in VLAN 5.
    private static byte[] Tagged(string frame) =>
        [.. Requests.Bytes(frame)[..12], 0x81, 0x00, 0x60, 0x05, .. Requests.Bytes(frame)[12..]];

    private (VirtualHost Host, MemoryPacketQueue Outside) Make(
        DeviceLayer layer, VirtualHostOptions? options = null, int capacity = 16)
    {
        (MemoryPacketQueue inside, MemoryPacketQueue outside) = MemoryPacketQueue.CreatePair(layer, capacity);
        _opened.AddRange([inside, outside]);
        return (new VirtualHost(inside, options ?? s_options), outside);
    }
}
