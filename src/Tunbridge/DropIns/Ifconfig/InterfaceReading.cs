// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Tunbridge.Linux;
using static Tunbridge.DropIns.InterfaceRequest;

namespace Tunbridge.DropIns;

/// <summary>What the kernel answers about one interface or label.</summary>
internal sealed class InterfaceReading
{
    /// <summary>How many bytes of a hardware address the original keeps.</summary>
    private const int HardwareAddressSize = 8;

    internal required string Name { get; init; }

    internal ushort Flags { get; private set; }

    /// <summary>ARPHRD_*; -1 when the kernel did not say.</summary>
    internal int HardwareType { get; private set; } = -1;

    internal byte[] HardwareAddress { get; } = new byte[HardwareAddressSize];

    internal int Mtu { get; private set; }

    /// <summary>Packets; -1 when the kernel did not say.</summary>
    internal int QueueLength { get; private set; } = -1;

    internal DeviceMap Map { get; private set; }

    /// <summary>The first IPv4 address, 4 bytes; null when there is none.</summary>
    internal byte[]? Address { get; private set; }

    internal byte[]? Destination { get; private set; }

    internal byte[]? Broadcast { get; private set; }

    internal byte[]? Netmask { get; private set; }

    internal bool Has(ushort flag) => (Flags & flag) != 0;

    /// <summary>Reads an interface; when it cannot be, says so as the original does and gives null.</summary>
    internal static InterfaceReading? TryRead(InterfaceSockets sockets, string name, TextWriter error)
    {
        Span<byte> union = stackalloc byte[UnionSize];
        union.Clear();
        Errno errno = sockets.Put(SIOCGIFFLAGS, name, union);
        if (errno != Errno.None)
        {
            string why = errno == Errno.ENODEV ? "Device not found" : LinuxException.Describe(errno);
            error.Write($"{name}: error fetching interface information: {why}\n");
            return null;
        }

        InterfaceReading reading = new() { Name = name, Flags = BinaryPrimitives.ReadUInt16LittleEndian(union) };
        reading.ReadLink(sockets);
        reading.ReadAddresses(sockets);
        return reading;
    }

    private void ReadLink(InterfaceSockets sockets)
    {
        Span<byte> union = stackalloc byte[UnionSize];
        union.Clear();
        if (sockets.Put(SIOCGIFHWADDR, Name, union) == Errno.None)
        {
            HardwareType = BinaryPrimitives.ReadUInt16LittleEndian(union);
            union.Slice(2, HardwareAddressSize).CopyTo(HardwareAddress);
        }

        union.Clear();
        if (sockets.Put(SIOCGIFMTU, Name, union) == Errno.None)
            Mtu = BinaryPrimitives.ReadInt32LittleEndian(union);
        union.Clear();
        if (sockets.Put(SIOCGIFMAP, Name, union) == Errno.None)
            Map = DeviceMap.Read(union);
        union.Clear();
        if (sockets.Put(SIOCGIFTXQLEN, Name, union) == Errno.None)
            QueueLength = BinaryPrimitives.ReadInt32LittleEndian(union);
    }

    private void ReadAddresses(InterfaceSockets sockets)
    {
        Address = ReadAddress(sockets, SIOCGIFADDR);
        if (Address is null)
            return;
        Destination = ReadAddress(sockets, SIOCGIFDSTADDR);
        Broadcast = ReadAddress(sockets, SIOCGIFBRDADDR);
        Netmask = ReadAddress(sockets, SIOCGIFNETMASK);
    }

    private byte[]? ReadAddress(InterfaceSockets sockets, uint request)
    {
        Span<byte> union = stackalloc byte[UnionSize];
        union.Clear();
        bool found = sockets.Put(request, Name, union) == Errno.None &&
            BinaryPrimitives.ReadUInt16LittleEndian(union) == AddressFamily.Inet;
        return found ? union.Slice(4, 4).ToArray() : null;
    }
}
