// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace Tunbridge.DropIns;

/// <summary>Where a hardware card lives (struct ifmap); a TUN or TAP has none of it.</summary>
internal record struct DeviceMap
{
    internal ulong MemoryStart { get; set; }

    internal ulong MemoryEnd { get; set; }

    internal ushort BaseAddress { get; set; }

    internal byte Interrupt { get; set; }

    internal byte Dma { get; set; }

    internal byte Port { get; set; }

    internal static DeviceMap Read(ReadOnlySpan<byte> union) => new()
    {
        MemoryStart = BinaryPrimitives.ReadUInt64LittleEndian(union),
        MemoryEnd = BinaryPrimitives.ReadUInt64LittleEndian(union[8..]),
        BaseAddress = BinaryPrimitives.ReadUInt16LittleEndian(union[16..]),
        Interrupt = union[18],
        Dma = union[19],
        Port = union[20],
    };

    internal readonly void Write(Span<byte> union)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(union, MemoryStart);
        BinaryPrimitives.WriteUInt64LittleEndian(union[8..], MemoryEnd);
        BinaryPrimitives.WriteUInt16LittleEndian(union[16..], BaseAddress);
        union[18] = Interrupt;
        union[19] = Dma;
        union[20] = Port;
    }
}
