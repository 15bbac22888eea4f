// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;

namespace Tunbridge.Packets.Tests.Protocols;

public sealed class IpAddressTests
{
    [Fact]
    public void Conversions_ThereAndBack_KeepTheAddress()
    {
        Assert.Equal(0xC0A80001u, IPAddress.Parse("192.168.0.1").ToUInt32());
        Assert.Equal(IPAddress.Parse("192.168.0.1"), 0xC0A80001u.ToIPAddress());
        UInt128 v6 = new(0xFD00_0000_0000_0000, 2);
        Assert.Equal(v6, IPAddress.Parse("fd00::2").ToUInt128());
        Assert.Equal(IPAddress.Parse("fd00::2"), v6.ToIPAddress());
        Assert.Throws<ArgumentException>(() => IPAddress.Parse("fd00::2").ToUInt32());
        Assert.Throws<ArgumentException>(() => IPAddress.Parse("10.0.0.1").ToUInt128());
    }

    [Fact]
    public void SolicitedNode_OfAnAddress_HasItsLast24Bits() =>
        Assert.Equal(
            "ff02::1:ffab:cdef",
            IPAddress.Parse("2001:db8::12ab:cdef").ToUInt128().ToSolicitedNodeAddress().ToIPAddress().ToString());

    [Fact]
    public void Text_OfRandomAddresses_IsWhatIPAddressWrites()
    {
        // IPAddress allocates but is right: the slow second implementation.
        Random random = new(7);
        byte[] bytes = new byte[16];
        byte[] packet = new byte[Ipv6View.HeaderSize];
        for (int i = 0; i < 20_000; i++)
        {
            random.NextBytes(bytes);
            for (int group = 0; group < 8; group++)
            {
                if (random.Next(2) != 0) continue;
                bytes[group * 2] = 0;
                bytes[(group * 2) + 1] = (byte)random.Next(2);
            }

            UInt128 address = BinaryPrimitives.ReadUInt128BigEndian(bytes);
            string expected = address.ToIPAddress().ToString();
            if (expected.Contains('.', StringComparison.Ordinal)) continue; // IPv4-compatible, in a form RFC 4291 gave up
            Assert.Equal(expected, TextOf(address, packet));
        }
    }

    [Theory]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("1::")]
    [InlineData("fd00::2")]
    [InlineData("2001:db8:0:1:1:1:1:1")]
    [InlineData("2001:db8::1:0:0:1")]
    [InlineData("2001:0:0:1::1")]
    [InlineData("1:2:3:4:5:6:7:8")]
    [InlineData("::ffff:192.168.0.1")]
    [InlineData("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    public void Text_OfCanonicalForms_IsThemselves(string text) =>
        Assert.Equal(text, TextOf(IPAddress.Parse(text).ToUInt128(), new byte[Ipv6View.HeaderSize]));

    private static string TextOf(UInt128 address, byte[] packet)
    {
        Ipv6View.Write(
            packet, new Ipv6Header { Source = address, Destination = 1, NextHeader = IpProtocol.NoNextHeader }, 0);
        string line = PacketText.Format(packet, DeviceLayer.Packet);
        Assert.EndsWith(" > ::1: no next header, length 0", line, StringComparison.Ordinal);
        return line["IP6 ".Length..line.IndexOf(" > ", StringComparison.Ordinal)];
    }
}
