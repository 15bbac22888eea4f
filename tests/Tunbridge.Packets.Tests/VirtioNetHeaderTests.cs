// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;

namespace Tunbridge.Packets.Tests;

public sealed class VirtioNetHeaderTests
{
    private static readonly GsoInfo s_tcp = new()
    {
        Kind = GsoKind.TcpV4,
        HasEcn = true,
        NeedsChecksum = true,
        HeaderLength = 0x0042,
        SegmentSize = 0x05A8,
        ChecksumStart = 0x0022,
        ChecksumOffset = 0x0110,
    };

    [Fact]
    public void Write_LittleEndian_GivesTheBytesOfTheSpecification()
    {
        byte[] header = new byte[10];
        VirtioNetHeader.Write(header, s_tcp, littleEndian: true);

        Assert.Equal([0x01, 0x81, 0x42, 0x00, 0xA8, 0x05, 0x22, 0x00, 0x10, 0x01], header);
    }

    [Fact]
    public void Write_BigEndian_SwapsEveryTwoByteField()
    {
        byte[] header = new byte[10];
        VirtioNetHeader.Write(header, s_tcp, littleEndian: false);

        Assert.Equal([0x01, 0x81, 0x00, 0x42, 0x05, 0xA8, 0x00, 0x22, 0x01, 0x10], header);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(12)]
    [InlineData(20)]
    [InlineData(24)]
    public void Write_PoisonedHeaderOfAnySize_SetsEveryByte(int size)
    {
        byte[] header = new byte[size];
        header.AsSpan().Fill(0xA5);
        VirtioNetHeader.Write(header, default, littleEndian: true);

        Assert.Equal(new byte[size], header);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TryRead_WhatWasWritten_IsTheSame(bool littleEndian)
    {
        var random = new Random(10);
        int[] sizes = [10, 12, 20, 24];
        for (int i = 0; i < 10_000; i++)
        {
            var gso = new GsoInfo
            {
                Kind = (GsoKind)random.Next(0x80),
                HasEcn = random.Next(2) == 1,
                NeedsChecksum = random.Next(2) == 1,
                IsChecksumValid = random.Next(2) == 1,
                HeaderLength = (ushort)random.Next(0x10000),
                SegmentSize = (ushort)random.Next(0x10000),
                ChecksumStart = (ushort)random.Next(0x10000),
                ChecksumOffset = (ushort)random.Next(0x10000),
            };
            byte[] header = new byte[sizes[random.Next(sizes.Length)]];
            VirtioNetHeader.Write(header, gso, littleEndian);

            Assert.True(VirtioNetHeader.TryRead(header, littleEndian, out GsoInfo read));
            Assert.Equal(gso, read);
        }
    }

    [Fact]
    public void TryRead_AnyBytes_ReadsWhenLongEnough()
    {
        byte[] bytes = new byte[30];
        bytes.AsSpan().Fill(0xFF);
        for (int length = 0; length <= bytes.Length; length++)
        {
            bool isRead = VirtioNetHeader.TryRead(bytes.AsSpan(0, length), true, out GsoInfo gso);
            Assert.Equal(length >= 10, isRead);
            Assert.Equal(length >= 10 ? (GsoKind)0x7F : GsoKind.None, gso.Kind);
        }
    }

    [Fact]
    public void TryRead_NumBuffersAndHash_AreIgnored()
    {
        byte[] header = new byte[24];
        header.AsSpan(10).Fill(0xFF);

        Assert.True(VirtioNetHeader.TryRead(header, true, out GsoInfo gso));
        Assert.Equal(default, gso);
        Assert.False(gso.IsSuperpacket);
    }

    [Fact]
    public void Write_HeaderBelowTenBytes_IsRefused() =>
        Assert.Throws<ArgumentException>(() => VirtioNetHeader.Write(new byte[9], default, true));

    [Fact]
    public void GsoInfo_InMemory_IsTwelveBytes() => Assert.Equal(12, Unsafe.SizeOf<GsoInfo>());
}
