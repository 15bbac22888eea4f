// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Text;

namespace Tunbridge.Packets.Capture;

/// <summary>
/// Writes packets with time, direction and interface into a pcapng capture that tcpdump and Wireshark read.
/// </summary>
/// <remarks>
/// <para>Little-endian, one section, time stamps in nanoseconds. Each block is given to the stream by one
/// <see cref="Stream.Write(ReadOnlySpan{byte})"/>, so a capture that is cut off ends after a whole packet
/// wherever the stream writes through. The stream stays the caller's: flush and dispose it when done.</para>
/// <para>Not thread-safe: one owner at a time. After the first packet of the largest size nothing is
/// allocated. Errors of the stream come through as they are. What pcapng cannot say is lost: the
/// <see cref="GsoInfo"/> of a superpacket, which is written whole. libpcap (so tcpdump) reads a capture only
/// when all its interfaces have one link type; Wireshark reads any.</para>
/// </remarks>
public sealed class PcapngWriter
{
    private const int MaximumPacketLength = 256 * 1024; // MAXIMUM_SNAPLEN of the tools that read the file
    private const int MaximumTextLength = 4096;
    private const byte NanosecondResolution = 9;
    private const long NanosecondsPerTick = 100;

    private readonly Stream _stream;
    private readonly List<uint> _snapLengths = []; // one per interface
    private byte[] _block = new byte[2048];

    /// <summary>Starts a capture: writes the section header.</summary>
    /// <param name="stream">Where to; writable, and not disposed by the writer.</param>
    /// <param name="application">
    /// The program's name and version to put into the file (shb_userappl), or null.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The stream cannot be written to, or the text is longer than 4,096 bytes.
    /// </exception>
    public PcapngWriter(Stream stream, string? application = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanWrite)
            throw new ArgumentException("The stream must be writable.", nameof(stream));
        byte[]? text = Encode(application, nameof(application));
        _stream = stream;

        // | magic 4 | major 2 | minor 2 | section length 8, -1: not known | options |
        int end = Begin(
            PcapngFormat.SectionHeaderBlock,
            PcapngFormat.SectionHeaderBodySize + OptionLength(text) + PcapngFormat.OptionHeaderSize);
        Put32(ref end, PcapngFormat.ByteOrderMagic);
        Put16(ref end, PcapngFormat.MajorVersion);
        Put16(ref end, 0);
        Put64(ref end, ulong.MaxValue);
        PutOption(ref end, PcapngFormat.SectionApplicationOption, text);
        Put32(ref end, PcapngFormat.EndOfOptions);
        End(end);
    }

    /// <summary>How many interfaces have been added; their numbers run from 0.</summary>
    public int InterfaceCount => _snapLengths.Count;

    /// <summary>Describes an interface, before the first of its packets.</summary>
    /// <param name="linkType">What its packets begin with.</param>
    /// <param name="name">Its name, or null.</param>
    /// <param name="snapLength">The most bytes to keep of a packet; 0 keeps all.</param>
    /// <returns>
    /// The number by which <see cref="WritePacket(int, ReadOnlySpan{byte}, long, PacketDirection, int)"/>
    /// knows it.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// The name is longer than 4,096 bytes, or <paramref name="snapLength"/> negative.
    /// </exception>
    public int AddInterface(PcapngLinkType linkType, string? name = null, int snapLength = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(snapLength);
        byte[]? text = Encode(name, nameof(name));

        // | link type 2 | reserved 2 | snap length 4 | options |
        int end = Begin(
            PcapngFormat.InterfaceDescriptionBlock,
            PcapngFormat.InterfaceBodySize + OptionLength(text) + 8 + PcapngFormat.OptionHeaderSize);
        Put16(ref end, (ushort)linkType);
        Put16(ref end, 0);
        Put32(ref end, (uint)snapLength);
        PutOption(ref end, PcapngFormat.InterfaceNameOption, text);
        PutOption(ref end, PcapngFormat.InterfaceResolutionOption, [NanosecondResolution]);
        Put32(ref end, PcapngFormat.EndOfOptions);
        End(end);

        _snapLengths.Add(snapLength == 0 ? MaximumPacketLength : (uint)snapLength);
        return _snapLengths.Count - 1;
    }

    /// <summary>Writes one packet.</summary>
    /// <param name="interfaceNumber">The number <see cref="AddInterface"/> gave.</param>
    /// <param name="packet">
    /// The bytes; cut to the interface's snap length (262,144 without one), and not kept.
    /// </param>
    /// <param name="nanoseconds">When it was seen, in nanoseconds since 1970-01-01 UTC.</param>
    /// <param name="direction">Which way it went.</param>
    /// <param name="originalLength">
    /// Its length on the wire where <paramref name="packet"/> was cut already; -1 means its own length.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// No such interface, a negative time, or an original length below the packet's.
    /// </exception>
    public void WritePacket(
        int interfaceNumber,
        ReadOnlySpan<byte> packet,
        long nanoseconds,
        PacketDirection direction = PacketDirection.Unknown,
        int originalLength = -1)
    {
        ThrowIfNoInterface(interfaceNumber);
        ArgumentOutOfRangeException.ThrowIfNegative(nanoseconds);
        if (originalLength == -1)
            originalLength = packet.Length;
        ArgumentOutOfRangeException.ThrowIfLessThan(originalLength, packet.Length);

        ReadOnlySpan<byte> captured = packet[..(int)Math.Min((uint)packet.Length, _snapLengths[interfaceNumber])];

        // | interface 4 | time high 4 | time low 4 | captured length 4 | original length 4 | packet, padded | options |
        int end = Begin(
            PcapngFormat.EnhancedPacketBlock,
            PcapngFormat.EnhancedPacketBodySize + PcapngFormat.Pad(captured.Length) + 12);
        Put32(ref end, (uint)interfaceNumber);
        PutTime(ref end, nanoseconds);
        Put32(ref end, (uint)captured.Length);
        Put32(ref end, (uint)originalLength);
        PutPadded(ref end, captured);
        if (direction != PacketDirection.Unknown)
        {
            Put16(ref end, PcapngFormat.PacketFlagsOption);
            Put16(ref end, sizeof(uint));
            Put32(ref end, (uint)direction & 3);
            Put32(ref end, PcapngFormat.EndOfOptions);
        }

        End(end);
    }

    /// <summary>Writes one packet.</summary>
    /// <param name="interfaceNumber">The number <see cref="AddInterface"/> gave.</param>
    /// <param name="packet">
    /// The bytes; cut to the interface's snap length (262,144 without one), and not kept.
    /// </param>
    /// <param name="time">When it was seen, from 1970 to 2262.</param>
    /// <param name="direction">Which way it went.</param>
    /// <param name="originalLength">
    /// Its length on the wire where <paramref name="packet"/> was cut already; -1 means its own length.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// No such interface, a time out of range, or an original length below the packet's.
    /// </exception>
    public void WritePacket(
        int interfaceNumber,
        ReadOnlySpan<byte> packet,
        DateTimeOffset time,
        PacketDirection direction = PacketDirection.Unknown,
        int originalLength = -1) =>
        WritePacket(interfaceNumber, packet, ToNanoseconds(time), direction, originalLength);

    /// <summary>
    /// Writes how many packets an interface saw and how many of them the capture missed (Interface Statistics
    /// Block).
    /// </summary>
    /// <param name="interfaceNumber">The number <see cref="AddInterface"/> gave.</param>
    /// <param name="nanoseconds">When these counts were taken, in nanoseconds since 1970-01-01 UTC.</param>
    /// <param name="received">Packets seen.</param>
    /// <param name="dropped">Packets not written for want of room.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such interface, or a negative number.</exception>
    public void WriteStatistics(int interfaceNumber, long nanoseconds, long received, long dropped)
    {
        ThrowIfNoInterface(interfaceNumber);
        ArgumentOutOfRangeException.ThrowIfNegative(nanoseconds);
        ArgumentOutOfRangeException.ThrowIfNegative(received);
        ArgumentOutOfRangeException.ThrowIfNegative(dropped);

        // | interface 4 | time high 4 | time low 4 | options |
        int end = Begin(PcapngFormat.InterfaceStatisticsBlock, 12 + 12 + 12 + PcapngFormat.OptionHeaderSize);
        Put32(ref end, (uint)interfaceNumber);
        PutTime(ref end, nanoseconds);
        Put16(ref end, PcapngFormat.StatisticsReceivedOption);
        Put16(ref end, sizeof(ulong));
        Put64(ref end, (ulong)received);
        Put16(ref end, PcapngFormat.StatisticsDroppedOption);
        Put16(ref end, sizeof(ulong));
        Put64(ref end, (ulong)dropped);
        Put32(ref end, PcapngFormat.EndOfOptions);
        End(end);
    }

    private void ThrowIfNoInterface(int interfaceNumber)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(interfaceNumber);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(interfaceNumber, _snapLengths.Count);
    }

    private static long ToNanoseconds(DateTimeOffset time)
    {
        long ticks = time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;
        if (ticks is < 0 or > long.MaxValue / NanosecondsPerTick)
            throw new ArgumentOutOfRangeException(nameof(time), time, "The time must lie between 1970 and 2262.");
        return ticks * NanosecondsPerTick;
    }

    private static byte[]? Encode(string? text, string parameter)
    {
        if (text is null)
            return null;
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return bytes.Length <= MaximumTextLength
            ? bytes
            : throw new ArgumentException($"The text may be at most {MaximumTextLength} bytes.", parameter);
    }

    private static int OptionLength(byte[]? value) =>
        value is null ? 0 : PcapngFormat.OptionHeaderSize + PcapngFormat.Pad(value.Length);

    // Makes room for a block with a body of at most bodyLength bytes, and gives the offset where the body starts.
    private int Begin(uint type, int bodyLength)
    {
        int length = PcapngFormat.MinimumBlockSize + bodyLength;
        if (_block.Length < length)
            _block = new byte[Math.Max(length, PcapngFormat.MinimumBlockSize + PacketBatch.MaximumPacketSize + 32)];
        int end = 0;
        Put32(ref end, type);
        return PcapngFormat.BlockHeaderSize; // the length is known at the end
    }

    // Completes the block whose body ends at the offset, and writes it.
    private void End(int end)
    {
        uint length = (uint)(end + PcapngFormat.BlockTrailerSize);
        int header = sizeof(uint);
        Put32(ref header, length);
        Put32(ref end, length);
        _stream.Write(_block.AsSpan(0, end));
    }

    private void PutOption(ref int end, ushort code, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
            return;
        Put16(ref end, code);
        Put16(ref end, (ushort)value.Length);
        PutPadded(ref end, value);
    }

    private void PutPadded(ref int end, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_block.AsSpan(end));
        int padded = PcapngFormat.Pad(bytes.Length);
        _block.AsSpan(end + bytes.Length, padded - bytes.Length).Clear();
        end += padded;
    }

    // The unit is the interface's; the two halves are in this order in either byte order.
    private void PutTime(ref int end, long nanoseconds)
    {
        Put32(ref end, (uint)(nanoseconds >> 32));
        Put32(ref end, (uint)nanoseconds);
    }

    private void Put16(ref int end, ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_block.AsSpan(end), value);
        end += sizeof(ushort);
    }

    private void Put32(ref int end, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_block.AsSpan(end), value);
        end += sizeof(uint);
    }

    private void Put64(ref int end, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_block.AsSpan(end), value);
        end += sizeof(ulong);
    }
}
