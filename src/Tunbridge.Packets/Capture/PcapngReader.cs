// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace Tunbridge.Packets.Capture;

/// <summary>
/// Reads the packets of a pcapng capture, one after another, from a stream nobody vouches for.
/// </summary>
/// <remarks>
/// <para>Both byte orders, several sections, enhanced and simple packet blocks, any time unit. Every other
/// block (name resolution, statistics, custom, unknown, the obsolete packet block) is passed over.</para>
/// <para>Whatever the bytes say, nothing is thrown: reading ends and <see cref="Status"/> tells why. A block
/// that has to be understood is read into a buffer that grows only as bytes arrive, up to 16 MiB, and a
/// section may have 65,536 interfaces: a short capture cannot claim much memory. Only the stream's own errors
/// come through.</para>
/// <para>The stream stays the caller's. Not thread-safe: one owner at a time.</para>
/// </remarks>
public sealed partial class PcapngReader
{
    private const int MaximumBlockSize = 16 * 1024 * 1024;
    private const int MaximumInterfaces = 65_536;

    private readonly Stream _stream;
    private readonly List<PcapngInterface> _interfaces = [];
    private byte[] _buffer = new byte[4096];
    private bool _isLittleEndian;
    private bool _hasSection;

    /// <summary>Makes a reader that has read nothing yet.</summary>
    /// <param name="stream">Where from; readable, need not seek, and not disposed by the reader.</param>
    /// <exception cref="ArgumentException">The stream cannot be read.</exception>
    public PcapngReader(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanRead)
            throw new ArgumentException("The stream must be readable.", nameof(stream));
        _stream = stream;
    }

    /// <summary>Whether there may be more, and if not, why.</summary>
    public PcapngReadStatus Status { get; private set; }

    /// <summary>The interfaces of the present section that were described so far, by their number.</summary>
    public IReadOnlyList<PcapngInterface> Interfaces => _interfaces;

    /// <summary>Reads on to the next packet.</summary>
    /// <param name="packet">The packet; its bytes are valid until the next call.</param>
    /// <returns>False when there is none: <see cref="Status"/> tells why, and stays so.</returns>
    public bool TryReadPacket(out PcapngPacket packet)
    {
        packet = default;
        while (Status == PcapngReadStatus.Reading)
        {
            if (!TryReadBlock(out uint type, out ReadOnlySpan<byte> body))
                return false;

            switch (type)
            {
                case PcapngFormat.SectionHeaderBlock:
                    BeginSection(body);
                    break;
                case PcapngFormat.InterfaceDescriptionBlock:
                    AddInterface(body);
                    break;
                case PcapngFormat.EnhancedPacketBlock:
                    if (TryReadEnhanced(body, out packet))
                        return true;
                    break;
                case PcapngFormat.SimplePacketBlock:
                    if (TryReadSimple(body, out packet))
                        return true;
                    break;
                default:
                    break; // passed over by TryReadBlock
            }
        }

        return false;
    }

    // Reads one block; the body is empty for a block that is passed over.
    private bool TryReadBlock(out uint type, out ReadOnlySpan<byte> body)
    {
        type = 0;
        body = default;
        int got = Fill(0, PcapngFormat.BlockHeaderSize);
        if (got < PcapngFormat.BlockHeaderSize)
            return Stop(EndStatus(got));

        type = Read32(_buffer); // a section header's reads the same either way
        int have = PcapngFormat.BlockHeaderSize;
        if (type == PcapngFormat.SectionHeaderBlock)
        {
            // The byte order comes after the length it applies to.
            have += Fill(have, sizeof(uint));
            if (have < PcapngFormat.MinimumBlockSize)
                return Stop(PcapngReadStatus.Truncated);
            if (!TrySetByteOrder())
                return Stop(_hasSection ? PcapngReadStatus.Malformed : PcapngReadStatus.NotPcapng);
        }
        else if (!_hasSection)
        {
            return Stop(PcapngReadStatus.NotPcapng);
        }

        uint length = Read32(_buffer.AsSpan(sizeof(uint)));
        if (length < PcapngFormat.MinimumBlockSize || (length & 3) != 0)
            return Stop(PcapngReadStatus.Malformed);
        if (!IsUnderstood(type))
            return TryPassOver(length);
        if (length > MaximumBlockSize)
            return Stop(PcapngReadStatus.Unsupported);

        have += Fill(have, (int)length - have);
        if (have < length)
            return Stop(PcapngReadStatus.Truncated);
        ReadOnlySpan<byte> block = _buffer.AsSpan(0, (int)length);
        if (Read32(block[^PcapngFormat.BlockTrailerSize..]) != length)
            return Stop(PcapngReadStatus.Malformed);
        body = block[PcapngFormat.BlockHeaderSize..^PcapngFormat.BlockTrailerSize];
        return true;
    }

    private static bool IsUnderstood(uint type) => type
        is PcapngFormat.SectionHeaderBlock
        or PcapngFormat.InterfaceDescriptionBlock
        or PcapngFormat.EnhancedPacketBlock
        or PcapngFormat.SimplePacketBlock;

    private PcapngReadStatus EndStatus(int bytesOfHeader)
    {
        if (_hasSection)
            return bytesOfHeader == 0 ? PcapngReadStatus.End : PcapngReadStatus.Truncated;
        bool mayBeSection = bytesOfHeader >= sizeof(uint) && Read32(_buffer) == PcapngFormat.SectionHeaderBlock;
        return mayBeSection ? PcapngReadStatus.Truncated : PcapngReadStatus.NotPcapng;
    }

    private bool TrySetByteOrder()
    {
        uint magic = BinaryPrimitives.ReadUInt32LittleEndian(_buffer.AsSpan(PcapngFormat.BlockHeaderSize));
        _isLittleEndian = magic == PcapngFormat.ByteOrderMagic;
        return _isLittleEndian || BinaryPrimitives.ReverseEndianness(magic) == PcapngFormat.ByteOrderMagic;
    }

    private bool TryPassOver(uint length)
    {
        uint left = length - PcapngFormat.BlockHeaderSize;
        while (left > PcapngFormat.BlockTrailerSize)
        {
            int step = (int)Math.Min(left - PcapngFormat.BlockTrailerSize, (uint)_buffer.Length);
            if (Fill(0, step) < step)
                return Stop(PcapngReadStatus.Truncated);
            left -= (uint)step;
        }

        if (Fill(0, PcapngFormat.BlockTrailerSize) < PcapngFormat.BlockTrailerSize)
            return Stop(PcapngReadStatus.Truncated);
        return Read32(_buffer) == length || Stop(PcapngReadStatus.Malformed);
    }

    // Reads up to count bytes to the offset, growing the buffer by doubling as they arrive; gives how many came.
    private int Fill(int offset, int count)
    {
        int filled = 0;
        while (filled < count)
        {
            if (offset + filled == _buffer.Length)
                Array.Resize(ref _buffer, _buffer.Length * 2);
            int room = Math.Min(count - filled, _buffer.Length - offset - filled);
            int read = _stream.Read(_buffer, offset + filled, room);
            if (read <= 0)
                break;
            filled += read;
        }

        return filled;
    }

    private bool Stop(PcapngReadStatus status)
    {
        Status = status;
        return false;
    }

    private ushort Read16(ReadOnlySpan<byte> bytes) => _isLittleEndian
        ? BinaryPrimitives.ReadUInt16LittleEndian(bytes)
        : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private uint Read32(ReadOnlySpan<byte> bytes) => _isLittleEndian
        ? BinaryPrimitives.ReadUInt32LittleEndian(bytes)
        : BinaryPrimitives.ReadUInt32BigEndian(bytes);

    private ulong Read64(ReadOnlySpan<byte> bytes) => _isLittleEndian
        ? BinaryPrimitives.ReadUInt64LittleEndian(bytes)
        : BinaryPrimitives.ReadUInt64BigEndian(bytes);
}
