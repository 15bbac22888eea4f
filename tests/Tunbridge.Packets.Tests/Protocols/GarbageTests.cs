// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Tests.Protocols;

/// <summary>Whatever arrives, views, replies and text take it without an exception.</summary>
public sealed class GarbageTests
{
    private const int FuzzCount = 1_000_000;
    private const int FuzzSeed = 20_250_101;

    private static readonly MacAddress s_mac = MacAddress.Parse("02:00:00:00:00:02");

    public static TheoryData<string> FrameNames => KernelFrames.Names;

    [Theory]
    [MemberData(nameof(FrameNames))]
    public void EveryView_FrameCutAtEveryLength_NeverThrows(string name)
    {
        byte[] frame = KernelFrames.All[name];
        char[] line = new char[PacketText.MaximumLength];
        byte[] work = new byte[frame.Length];
        for (int length = 0; length <= frame.Length; length++) Try(frame.AsSpan(0, length), work, line);
    }

    [Theory]
    [MemberData(nameof(FrameNames))]
    public void EveryView_EverySingleBitFlipped_NeverThrows(string name)
    {
        byte[] frame = [.. KernelFrames.All[name]];
        char[] line = new char[PacketText.MaximumLength];
        byte[] work = new byte[frame.Length];
        for (int bit = 0; bit < frame.Length * 8; bit++)
        {
            frame[bit / 8] ^= (byte)(1 << (bit % 8));
            Try(frame, work, line);
            frame[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void EveryView_MillionGarbageFrames_NeverThrows()
    {
        byte[][] templates = [.. KernelFrames.All.Values];
        char[] line = new char[PacketText.MaximumLength];
        byte[] frame = new byte[2048];
        byte[] work = new byte[frame.Length];
        Random random = new(FuzzSeed);
        for (int i = 0; i < FuzzCount; i++)
        {
            int length = i % 3 == 0 ? Noise(random, frame) : Mutation(random, templates, frame);
            try
            {
                Try(frame.AsSpan(0, length), work, line);
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"input {i} of seed {FuzzSeed}: {Convert.ToHexString(frame, 0, length)}\n{e}");
            }
        }
    }

    // Nothing but noise, sometimes behind an EtherType or first nibble that opens the next door.
    private static int Noise(Random random, byte[] frame)
    {
        int length = random.Next(16) == 0 ? random.Next(frame.Length + 1) : random.Next(160);
        Span<byte> bytes = frame.AsSpan(0, length);
        random.NextBytes(bytes);
        if (length < 20) return length;
        ReadOnlySpan<ushort> types = [0x0800, 0x86DD, 0x0806, 0x8100, 0x88A8];
        int at = random.Next(4) * VlanView.HeaderSize;
        if (at + 14 >= length) return length;
        for (int offset = 0; offset < at; offset += VlanView.HeaderSize) WriteType(bytes[(12 + offset)..], 0x8100);
        ushort type = types[random.Next(types.Length)];
        WriteType(bytes[(12 + at)..], type);
        if (type is 0x0800) bytes[14 + at] = (byte)(0x40 | random.Next(4, 9));
        if (type is 0x86DD) bytes[14 + at] = 0x60;
        if (random.Next(3) == 0) bytes[0] = (byte)(random.Next(2) == 0 ? 0x45 : 0x60);
        return length;
    }

    // A kernel's frame with some bytes changed, cut, or with the tail of another.
    private static int Mutation(Random random, byte[][] templates, byte[] frame)
    {
        byte[] template = templates[random.Next(templates.Length)];
        template.CopyTo(frame, 0);
        int length = template.Length;
        for (int changes = random.Next(1, 6); changes > 0; changes--) frame[random.Next(length)] = Interesting(random);
        switch (random.Next(4))
        {
            case 0:
                length = random.Next(length + 1);
                break;
            case 1:
                byte[] other = templates[random.Next(templates.Length)];
                int cut = random.Next(Math.Min(length, other.Length));
                other.AsSpan(cut).CopyTo(frame.AsSpan(cut));
                length = other.Length;
                break;
            default:
                break;
        }

        return length;
    }

    private static byte Interesting(Random random) => random.Next(3) switch
    {
        0 => (byte)random.Next(256),
        1 => (byte)(random.Next(2) * 0xFF),
        // Protocol and extension header numbers, option kinds and small lengths.
        _ => ((ReadOnlySpan<byte>)[0, 1, 2, 3, 4, 5, 6, 8, 17, 43, 44, 50, 51, 58, 59, 60, 0x45, 0x4F, 0x60, 133, 134, 135, 136])[random.Next(23)],
    };

    private static void WriteType(Span<byte> bytes, ushort type)
    {
        bytes[0] = (byte)(type >> 8);
        bytes[1] = (byte)type;
    }

    private static void Try(ReadOnlySpan<byte> frame, byte[] work, char[] line)
    {
        Touch.Everything(frame);
        CheckText(frame, DeviceLayer.Frame, line);
        CheckText(frame, DeviceLayer.Packet, line);
        if (frame.Length > 14) CheckText(frame[14..], DeviceLayer.Packet, line);

        Span<byte> reply = stackalloc byte[128];
        PacketReply.TryWriteArpReply(frame, 0xC0A80002, s_mac, reply, out _);
        PacketReply.TryWriteNeighborAdvertisement(frame, new UInt128(0xFD00_0000_0000_0000, 2), s_mac, reply, out _);
        Span<byte> copy = work.AsSpan(0, frame.Length);
        frame.CopyTo(copy);
        PacketReply.TryMakeEchoReply(copy, DeviceLayer.Frame);
        PacketReply.TryMakeUdpEcho(copy, DeviceLayer.Frame, 9);
        if (copy.Length <= 14) return;
        PacketReply.TryMakeEchoReply(copy[14..], DeviceLayer.Packet);
        PacketReply.TryMakeUdpEcho(copy[14..], DeviceLayer.Packet, 9);
    }

    private static void CheckText(ReadOnlySpan<byte> bytes, DeviceLayer layer, char[] line)
    {
        if (!PacketText.TryFormat(bytes, layer, line, out int written)) Assert.Fail("The line is longer than MaximumLength.");
        if (written == 0) Assert.Fail("The line is empty.");
        if (line.AsSpan(0, written).ContainsAnyExceptInRange(' ', '~')) Assert.Fail($"Not printable: {new string(line, 0, written)}");
    }
}
