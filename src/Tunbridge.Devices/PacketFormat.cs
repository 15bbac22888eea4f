// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Tunbridge.Packets;

namespace Tunbridge.Devices;

/// <summary>What stands before each packet on a descriptor.</summary>
/// <remarks>
/// <code>
/// | flags u16, protocol u16 (big-endian) | virtio-net header, 10 to 24 bytes | packet or frame |
///   only with packet information           only with IFF_VNET_HDR
/// </code>
/// Immutable; a queue swaps it whole when the size or byte order changes.
/// </remarks>
internal sealed class PacketFormat
{
    internal const int InformationSize = 4;
    internal const int MaximumPrefix = InformationSize + VirtioNetHeader.MaximumSize;

    private const ushort EtherTypeIPv4 = 0x0800;
    private const ushort EtherTypeIPv6 = 0x86dd;
    private const int EthernetHeaderSize = 14;
    private const int EtherTypeOffset = 12;

    internal PacketFormat(DeviceLayer layer, bool hasInformation, int virtioSize, bool littleEndian)
    {
        Layer = layer;
        HasInformation = hasInformation;
        VirtioSize = virtioSize;
        LittleEndian = littleEndian;
        Prefix = (hasInformation ? InformationSize : 0) + virtioSize;
    }

    internal DeviceLayer Layer { get; }

    internal bool HasInformation { get; }

    /// <summary>Bytes of the virtio-net header, 0 without one.</summary>
    internal int VirtioSize { get; }

    internal bool LittleEndian { get; }

    /// <summary>Bytes before the packet in all.</summary>
    internal int Prefix { get; }

    /// <summary>Whether a description other than the default can be said to the kernel.</summary>
    internal bool CanDescribe(in GsoInfo gso) => VirtioSize != 0 || (gso.Kind == GsoKind.None && !gso.NeedsChecksum);

    /// <summary>Commits what a read has put into the room of a batch.</summary>
    /// <returns>False when it is less than a prefix: the kernel gives that only while the size changes.</returns>
    internal bool TryCommit(PacketBatch batch, ReadOnlySpan<byte> room, int length)
    {
        if (Prefix == 0)
        {
            batch.Commit(length);
            return true;
        }

        if (length < Prefix)
            return false;
        Read(room[..Prefix], out GsoInfo gso, out ushort flags, out ushort etherType);
        batch.Commit(length - Prefix, gso, flags, etherType, skip: Prefix);
        return true;
    }

    internal void Read(ReadOnlySpan<byte> prefix, out GsoInfo gso, out ushort flags, out ushort etherType)
    {
        flags = 0;
        etherType = 0;
        if (HasInformation)
        {
            // The flags are in the machine's order, the protocol in the network's.
            flags = BitConverter.ToUInt16(prefix);
            etherType = BinaryPrimitives.ReadUInt16BigEndian(prefix[2..]);
            prefix = prefix[InformationSize..];
        }

        gso = default;
        if (VirtioSize != 0)
            VirtioNetHeader.TryRead(prefix, LittleEndian, out gso);
    }

    /// <summary>Fills the bytes before a packet; a protocol of 0 is derived from the packet.</summary>
    internal void Write(Span<byte> prefix, ReadOnlySpan<byte> packet, in GsoInfo gso, ushort etherType)
    {
        if (HasInformation)
        {
            prefix[0] = 0;
            prefix[1] = 0;
            BinaryPrimitives.WriteUInt16BigEndian(prefix[2..], etherType != 0 ? etherType : Derive(packet));
            prefix = prefix[InformationSize..];
        }

        if (VirtioSize != 0)
            VirtioNetHeader.Write(prefix[..VirtioSize], gso, LittleEndian);
    }

    private ushort Derive(ReadOnlySpan<byte> packet)
    {
        if (Layer == DeviceLayer.Frame)
        {
            return packet.Length < EthernetHeaderSize
                ? (ushort)0
                : BinaryPrimitives.ReadUInt16BigEndian(packet[EtherTypeOffset..]);
        }

        int version = packet.IsEmpty ? 0 : packet[0] >> 4;
        return version switch
        {
            4 => EtherTypeIPv4,
            6 => EtherTypeIPv6,
            _ => 0,
        };
    }
}
