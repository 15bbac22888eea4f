// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace Tunbridge.Packets.Tests.Capture;

/// <summary>Writes pcapng blocks in either byte order, right or wrong, independently of the writer under test.</summary>
internal sealed class CaptureBuilder(bool isLittleEndian)
{
    private readonly List<byte> _bytes = [];

    internal byte[] ToArray() => [.. _bytes];

    internal MemoryStream ToStream() => new(ToArray());

    internal CaptureBuilder Section(ushort major = 1, params byte[] options) =>
        Block(
            0x0A0D0D0A,
            [.. U32(0x1A2B3C4D), .. U16(major), .. U16(2), .. U64(ulong.MaxValue), .. options]);

    internal CaptureBuilder Interface(ushort linkType = 101, uint snapLength = 0, params byte[] options) =>
        Block(1, [.. U16(linkType), .. U16(0), .. U32(snapLength), .. options]);

    internal CaptureBuilder Packet(
        byte[] bytes,
        ulong stamp = 0,
        uint number = 0,
        uint? captured = null,
        uint? original = null,
        params byte[] options) =>
        Block(
            6,
            [
                .. U32(number), .. U32((uint)(stamp >> 32)), .. U32((uint)stamp), .. U32(captured ?? (uint)bytes.Length),
                .. U32(original ?? (uint)bytes.Length), .. Padded(bytes), .. options,
            ]);

    internal CaptureBuilder SimplePacket(uint original, byte[] bytes) => Block(3, [.. U32(original), .. Padded(bytes)]);

    internal byte[] Option(ushort code, params byte[] value) =>
        [.. U16(code), .. U16((ushort)value.Length), .. Padded(value)];

    internal CaptureBuilder Block(uint type, byte[] body, uint? length = null, uint? trailer = null)
    {
        uint total = length ?? (uint)(body.Length + 12);
        _bytes.AddRange([.. U32(type), .. U32(total), .. body, .. U32(trailer ?? total)]);
        return this;
    }

    internal byte[] U16(ushort value) =>
        BitConverter.GetBytes(isLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

    internal byte[] U32(uint value) =>
        BitConverter.GetBytes(isLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

    internal byte[] U64(ulong value) =>
        BitConverter.GetBytes(isLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

    private static byte[] Padded(byte[] bytes) => [.. bytes, .. new byte[-bytes.Length & 3]];
}
