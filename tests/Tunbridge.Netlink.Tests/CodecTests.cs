// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;
using Tunbridge.Linux;
using Tunbridge.Netlink.Wire;

namespace Tunbridge.Netlink.Tests;

public sealed class CodecTests
{
    private static readonly MessageType[] s_types =
    [
        MessageType.RTM_NEWLINK, MessageType.RTM_NEWADDR, MessageType.RTM_NEWROUTE, MessageType.RTM_NEWNEIGH,
        MessageType.RTM_NEWRULE, MessageType.NLMSG_ERROR, MessageType.NLMSG_DONE,
    ];

    [Fact]
    public void Builder_MessageWithAttributes_HasTheBytesOfTheKernelsLayout()
    {
        using MessageBuilder builder = new();
        // A used buffer: what is not written must be zero all the same.
        builder.Reserve(4000).Fill(0xa5);
        builder.Clear();
        builder.Begin(MessageType.RTM_NEWLINK, MessageFlags.NLM_F_ACK);
        LinkEncoding.Header(builder, 7, LinkFlags.Up, LinkFlags.Up);
        builder.Text(LinkAttribute.IFLA_IFNAME, "tap0");
        int info = builder.BeginNested(LinkAttribute.IFLA_LINKINFO);
        builder.Text(IflaInfo.IFLA_INFO_KIND, "veth");
        builder.EndNested(info);
        builder.End();

        Assert.Equal(
            "3C000000" + "1000" + "0500" + "00000000" + "00000000" +      // nlmsghdr: 60 bytes, RTM_NEWLINK, REQUEST|ACK
            "00000000" + "07000000" + "01000000" + "01000000" +           // ifinfomsg
            "0900" + "0300" + "7461703000" + "000000" +                   // IFLA_IFNAME "tap0"
            "1000" + "1280" + "0900" + "0100" + "7665746800" + "000000",  // IFLA_LINKINFO | nested, IFLA_INFO_KIND "veth"
            Convert.ToHexString(builder.Written));
    }

    [Fact]
    public void Builder_MoreThanTheBufferHolds_Grows()
    {
        using MessageBuilder builder = new();
        builder.Begin(MessageType.RTM_NEWLINK, MessageFlags.None);
        LinkEncoding.Header(builder, 1);
        for (uint i = 0; i < 5000; i++)
            builder.UInt32(LinkAttribute.IFLA_MTU, i);
        builder.End();
        MessageReader messages = new(builder.Written);
        Assert.True(messages.MoveNext());
        AttributeReader reader = new(messages.Payload[WireSize.IfInfoMsg..]);
        for (uint i = 0; i < 5000; i++)
        {
            Assert.True(reader.MoveNext());
            Assert.Equal(i, reader.UInt32);
        }

        Assert.False(reader.MoveNext());
        Assert.False(messages.MoveNext());
    }

    [Fact]
    public void Reader_EveryTruncation_EndsWithoutThrowing()
    {
        byte[] message = Sample(MessageType.RTM_NEWLINK);
        for (int length = 0; length < message.Length; length++)
        {
            Feed(message.AsSpan(0, length));
            // The header's length made to fit, so that the cut is inside the attributes.
            byte[] cut = message[..length];
            if (length >= 4)
                BinaryPrimitives.WriteInt32LittleEndian(cut, length);
            Feed(cut);
        }
    }

    [Fact]
    public void Reader_EveryBitFlip_EndsWithoutThrowing()
    {
        foreach (MessageType type in s_types)
        {
            byte[] message = Sample(type);
            for (int bit = 0; bit < message.Length * 8; bit++)
            {
                message[bit / 8] ^= (byte)(1 << (bit % 8));
                Feed(message);
                message[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
    }

    [Fact]
    public void Reader_HostileBytes_NeverThrows()
    {
        Random random = new(20070815);
        byte[] noise = new byte[600];
        int parsed = 0;
        for (int i = 0; i < 100_000; i++)
        {
            byte[] bytes;
            if (i % 2 == 0)
            {
                // Real messages, damaged in a few places: most of the structure holds.
                bytes = Sample(s_types[random.Next(s_types.Length)]);
                for (int n = random.Next(1, 6); n > 0; n--)
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                parsed += Feed(bytes.AsSpan(0, random.Next(4) == 0 ? random.Next(bytes.Length) : bytes.Length));
            }
            else
            {
                // Noise behind a header that is believed.
                random.NextBytes(noise);
                bytes = noise;
                int length = random.Next(WireSize.NlMsgHdr, noise.Length);
                BinaryPrimitives.WriteInt32LittleEndian(bytes, length);
                BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(4), (ushort)s_types[random.Next(s_types.Length)]);
                bytes[16] = random.Next(3) switch { 0 => Af.AF_INET, 1 => Af.AF_INET6, _ => bytes[16] };
                parsed += Feed(bytes.AsSpan(0, length));
            }
        }

        // The fuzz is worth something only if much of it gets past the first check.
        Assert.InRange(parsed, 20_000, 200_000);
    }

    [Fact]
    public void Reply_WithExtendedAcknowledgement_NamesAttributeAndText()
    {
        using MessageBuilder request = new();
        request.Begin(MessageType.RTM_NEWLINK, MessageFlags.None);
        LinkEncoding.Header(request, 1);
        request.Text(LinkAttribute.IFLA_IFNAME, "x");
        int offset = request.Length;
        request.UInt32(LinkAttribute.IFLA_MTU, 1);
        request.End();
        using MessageBuilder answer = Answer(-22, b =>
        {
            b.Text(NlmsgerrAttr.NLMSGERR_ATTR_MSG, "no good");
            b.UInt32(NlmsgerrAttr.NLMSGERR_ATTR_OFFS, (uint)offset);
        });
        MessageReader reader = new(answer.Written);
        Assert.True(reader.MoveNext());

        LinuxException error = NetlinkErrors.Create(MessageType.RTM_NEWLINK, request.Written, "t0", KernelReply.Parse(reader));

        Assert.Equal("RTM_NEWLINK t0: no good [attribute IFLA_MTU] (EINVAL)", error.Message);
    }

    [Fact]
    public void Reply_WithMissingAttribute_NamesIt()
    {
        using MessageBuilder answer = Answer(-22, b => b.UInt32(NlmsgerrAttr.NLMSGERR_ATTR_MISS_TYPE, (uint)RouteAttribute.RTA_OIF));
        MessageReader reader = new(answer.Written);
        Assert.True(reader.MoveNext());
        LinuxException error = NetlinkErrors.Create(MessageType.RTM_NEWROUTE, [], "x", KernelReply.Parse(reader));
        Assert.Equal("RTM_NEWROUTE x: Invalid argument [attribute RTA_OIF is missing] (EINVAL)", error.Message);
    }

    [Theory]
    [InlineData("02:00:5e:10:00:01", "02:00:5e:10:00:01")]
    [InlineData("02-00-5E-10-00-01", "02:00:5e:10:00:01")]
    [InlineData("2:0:5e:10:0:1", "02:00:5e:10:00:01")]
    [InlineData("", null)]
    [InlineData("02:00:5e:10:00:", null)]
    [InlineData("02:00:5e:10:00:0g", null)]
    [InlineData("002:00", null)]
    [InlineData("+1:00", null)]
    [InlineData("00:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f:10:11:12:13:14:15:16:17:18:19:1a:1b:1c:1d:1e:1f:20", null)]
    public void HardwareAddress_Text_IsReadStrictly(string text, string? expected)
    {
        bool parsed = HardwareAddress.TryParse(text, out HardwareAddress address);
        Assert.Equal(expected, parsed ? address.ToString() : null);
        if (parsed)
            Assert.Equal(address, new HardwareAddress(address.ToArray()));
    }

    [Theory]
    [InlineData("192.168.0.1/24", "192.168.0.1", 24, "192.168.0.255")]
    [InlineData("10.0.0.1", "10.0.0.1", 32, null)]
    [InlineData("10.0.0.1/31", "10.0.0.1", 31, null)]
    [InlineData("10.0.0.1/0", "10.0.0.1", 0, "255.255.255.255")]
    [InlineData("fd00::1/64", "fd00::1", 64, null)]
    [InlineData("10.1/24", null, 0, null)]
    [InlineData("010.0.0.1/24", null, 0, null)]
    [InlineData("0x0a000001", null, 0, null)]
    [InlineData("10.0.0.1/33", null, 0, null)]
    [InlineData("10.0.0.1/", null, 0, null)]
    [InlineData("10.0.0.1/-1", null, 0, null)]
    [InlineData("fe80::1%eth0/64", null, 0, null)]
    [InlineData("[fd00::1]/64", null, 0, null)]
    [InlineData("fd00::1/129", null, 0, null)]
    public void InterfaceAddress_Text_IsReadStrictly(string text, string? address, int length, string? broadcast)
    {
        bool parsed = InterfaceAddress.TryParse(text, out IPAddress read, out int readLength);
        Assert.Equal(address, parsed ? read.ToString() : null);
        if (parsed)
        {
            Assert.Equal(length, readLength);
            Assert.Equal(broadcast, InterfaceAddress.BroadcastOf(read, readLength)?.ToString());
        }
    }

    private static MessageBuilder Answer(int error, Action<MessageBuilder> attributes)
    {
        MessageBuilder builder = new();
        builder.Begin(MessageType.NLMSG_ERROR, AcknowledgementFlags.NLM_F_CAPPED | AcknowledgementFlags.NLM_F_ACK_TLVS);
        MessageBuilder.Write(builder.Reserve(4), error);
        MessageBuilder.Write(builder.Reserve(WireSize.NlMsgHdr), 400u);
        attributes(builder);
        builder.End();
        return builder;
    }

    /// <summary>Runs every parser that the type leads to; gives how many records came out.</summary>
    private static int Feed(ReadOnlySpan<byte> datagram)
    {
        int records = 0;
        MessageReader reader = new(datagram);
        while (reader.MoveNext())
        {
            if (reader.Type is MessageType.NLMSG_ERROR or MessageType.NLMSG_DONE)
            {
                KernelReply reply = KernelReply.Parse(reader);
                Assert.NotNull(NetlinkErrors.Create(MessageType.RTM_NEWLINK, datagram, "x", reply).Message);
            }
            else if (NetlinkMonitor.Parse(reader.Type, reader.Payload) is NetlinkEvent netlinkEvent)
            {
                Assert.NotNull(netlinkEvent.ToString());
                records++;
            }
        }

        return records;
    }

    private static byte[] Sample(MessageType type)
    {
        using MessageBuilder builder = new();
        builder.Begin(type, AcknowledgementFlags.NLM_F_ACK_TLVS);
        IPAddress four = IPAddress.Parse("10.0.0.1"), six = IPAddress.Parse("fd00::1");
        switch (type)
        {
            case MessageType.RTM_NEWLINK:
                LinkEncoding.Change(builder, 7, new()
                {
                    Name = "tap0",
                    Mtu = 1500,
                    Address = HardwareAddress.Parse("02:00:00:00:00:01"),
                    Alias = "alias",
                    Group = 7,
                    AddressGeneration = AddressGenerationMode.Random,
                    Bridge = new() { AgeingTime = TimeSpan.FromSeconds(3), Priority = 7 },
                    BridgePort = new() { Cost = 5, Hairpin = true },
                });
                builder.Bytes(LinkAttribute.IFLA_STATS64, new byte[200]);
                break;
            case MessageType.RTM_NEWADDR:
                new InterfaceAddress { LinkIndex = 7, Address = six, PrefixLength = 64, Peer = IPAddress.IPv6Loopback, ValidLifetime = TimeSpan.FromSeconds(9), Label = "x" }
                    .EncodeAddition(builder);
                break;
            case MessageType.RTM_NEWROUTE:
                new Route { Destination = IPNetwork.Parse("10.0.0.0/8"), Gateway = six, Mtu = 1400, NextHops = [new() { Gateway = four, LinkIndex = 3 }, new() { LinkIndex = 4 }] }
                    .Encode(builder, forDeletion: false);
                break;
            case MessageType.RTM_NEWNEIGH:
                new Neighbour { LinkIndex = 7, Address = four, HardwareAddress = HardwareAddress.Parse("02:00:00:00:00:01") }.Encode(builder, false);
                break;
            case MessageType.RTM_NEWRULE:
                new Rule { Family = System.Net.Sockets.AddressFamily.InterNetwork, From = IPNetwork.Parse("10.0.0.0/8"), FirstUser = 1, Mark = 4, Table = 100, InputLink = "lo" }.Encode(builder);
                break;
            default:
                MessageBuilder.Write(builder.Reserve(4), -22);
                if (type == MessageType.NLMSG_ERROR)
                    MessageBuilder.Write(builder.Reserve(WireSize.NlMsgHdr), 16u);
                builder.Text(NlmsgerrAttr.NLMSGERR_ATTR_MSG, "text");
                builder.UInt32(NlmsgerrAttr.NLMSGERR_ATTR_OFFS, 32);
                builder.UInt32(NlmsgerrAttr.NLMSGERR_ATTR_MISS_TYPE, 3);
                break;
        }

        builder.End();
        return builder.Written.ToArray();
    }
}
