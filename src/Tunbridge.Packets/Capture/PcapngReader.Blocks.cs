// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Tunbridge.Packets.Capture;

// The bodies of the blocks that are understood.
public sealed partial class PcapngReader
{
    // | magic 4 | major 2 | minor 2 | section length 8 | options |
    private void BeginSection(ReadOnlySpan<byte> body)
    {
        if (body.Length < PcapngFormat.SectionHeaderBodySize)
        {
            Stop(PcapngReadStatus.Malformed);
            return;
        }

        if (Read16(body[4..]) != PcapngFormat.MajorVersion)
        {
            Stop(PcapngReadStatus.Unsupported);
            return;
        }

        _hasSection = true;
        _interfaces.Clear(); // they are numbered anew in each section
    }

    // | link type 2 | reserved 2 | snap length 4 | options |
    private void AddInterface(ReadOnlySpan<byte> body)
    {
        if (body.Length < PcapngFormat.InterfaceBodySize || _interfaces.Count == MaximumInterfaces)
        {
            Stop(PcapngReadStatus.Malformed);
            return;
        }

        string? name = null;
        byte resolution = 6;
        long offset = 0;
        ReadOnlySpan<byte> options = body[PcapngFormat.InterfaceBodySize..];
        while (TryReadOption(ref options, out ushort code, out ReadOnlySpan<byte> value))
        {
            if (code == PcapngFormat.InterfaceNameOption)
                name = Encoding.UTF8.GetString(value).TrimEnd('\0');
            else if (code == PcapngFormat.InterfaceResolutionOption && value.Length == 1)
                resolution = value[0];
            else if (code == PcapngFormat.InterfaceOffsetOption && value.Length == sizeof(long))
                offset = (long)Read64(value);
        }

        _interfaces.Add(new PcapngInterface
        {
            LinkType = (PcapngLinkType)Read16(body),
            Name = name,
            SnapLength = Read32(body[4..]),
            TimestampResolution = resolution,
            TimestampOffsetSeconds = offset,
        });
    }

    // | interface 4 | time high 4 | time low 4 | captured length 4 | original length 4 | packet, padded | options |
    private bool TryReadEnhanced(ReadOnlySpan<byte> body, out PcapngPacket packet)
    {
        packet = default;
        if (body.Length < PcapngFormat.EnhancedPacketBodySize)
            return Stop(PcapngReadStatus.Malformed);
        uint number = Read32(body);
        uint captured = Read32(body[12..]);
        ReadOnlySpan<byte> rest = body[PcapngFormat.EnhancedPacketBodySize..];
        if (number >= (uint)_interfaces.Count || captured > (uint)rest.Length)
            return Stop(PcapngReadStatus.Malformed);

        PcapngInterface description = _interfaces[(int)number];
        var direction = PacketDirection.Unknown;
        // The rest is a multiple of 4 bytes and at least as long as the packet, so the padded packet fits too.
        ReadOnlySpan<byte> options = rest[PcapngFormat.Pad((int)captured)..];
        while (TryReadOption(ref options, out ushort code, out ReadOnlySpan<byte> value))
        {
            if (code == PcapngFormat.PacketFlagsOption && value.Length == sizeof(uint))
                direction = ToDirection(Read32(value));
        }

        ulong stamp = ((ulong)Read32(body[4..]) << 32) | Read32(body[8..]);
        packet = new PcapngPacket(
            description,
            (int)number,
            rest[..(int)captured],
            Read32(body[16..]),
            PcapngTime.ToNanoseconds(stamp, description.TimestampResolution, description.TimestampOffsetSeconds),
            direction);
        return true;
    }

    // | original length 4 | packet, padded |: of the first interface, without time, cut at its snap length
    private bool TryReadSimple(ReadOnlySpan<byte> body, out PcapngPacket packet)
    {
        packet = default;
        if (body.Length < PcapngFormat.SimplePacketBodySize || _interfaces.Count == 0)
            return Stop(PcapngReadStatus.Malformed);
        PcapngInterface description = _interfaces[0];
        uint original = Read32(body);
        uint captured = description.SnapLength == 0 ? original : Math.Min(original, description.SnapLength);
        ReadOnlySpan<byte> rest = body[PcapngFormat.SimplePacketBodySize..];
        if (captured > (uint)rest.Length)
            return Stop(PcapngReadStatus.Malformed);

        packet = new PcapngPacket(description, 0, rest[..(int)captured], original, 0, PacketDirection.Unknown);
        return true;
    }

    // | code 2 | length 2 | value, padded |
    // Options are extras: one that runs over the end ends them, and the block stands.
    private bool TryReadOption(ref ReadOnlySpan<byte> options, out ushort code, out ReadOnlySpan<byte> value)
    {
        code = 0;
        value = default;
        if (options.Length < PcapngFormat.OptionHeaderSize)
            return false;
        code = Read16(options);
        int length = Read16(options[2..]);
        options = options[PcapngFormat.OptionHeaderSize..];
        if (code == PcapngFormat.EndOfOptions || PcapngFormat.Pad(length) > options.Length)
            return false;
        value = options[..length];
        options = options[PcapngFormat.Pad(length)..];
        return true;
    }

    private static PacketDirection ToDirection(uint flags) => (flags & 3) switch
    {
        1 => PacketDirection.Inbound,
        2 => PacketDirection.Outbound,
        _ => PacketDirection.Unknown,
    };
}
