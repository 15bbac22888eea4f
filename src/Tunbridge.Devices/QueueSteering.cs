// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Packets;

namespace Tunbridge.Devices;

/// <summary>
/// Ready-made programs that choose the queue of each packet, for <see cref="VirtualDevice.SetSteeringProgram"/>.
/// </summary>
/// <remarks>
/// Without a program the kernel keeps each flow on one queue: where its packets were last written, else by a hash. A program
/// takes that choice over; the kernel reduces its answer modulo the number of attached queues. Loading needs CAP_BPF.
/// </remarks>
public static class QueueSteering
{
    private const int EthernetHeaderSize = 14;
    private const int EtherTypeOffset = 12;
    private const int MacOffset = 2; // the last four bytes of the destination

    // Opcodes of eBPF: size and mode, or operation and source, over the class in the lowest three bits.
    private const byte LoadWord = 0x20;   // r0 = packet[imm..], big-endian; r6 holds the packet; past the end: exit with 0
    private const byte LoadHalf = 0x28;
    private const byte LoadByte = 0x30;
    private const byte MoveImmediate = 0xb7;
    private const byte Move = 0xbf;
    private const byte Xor = 0xaf;
    private const byte Multiply32 = 0x24;
    private const byte ShiftRight32 = 0x74;
    private const byte JumpIfEqual = 0x15;
    private const byte Jump = 0x05;
    private const byte Exit = 0x95;

    // Instructions that the jumps leave out.
    private const short Version4Length = 2;
    private const short Version6Length = 9;

    /// <summary>Sends everything to one queue.</summary>
    /// <param name="queue">Its number, modulo the number of attached queues.</param>
    /// <returns>The program; the caller's. The card keeps it while it is in use.</returns>
    /// <exception cref="LinuxException">EPERM without CAP_BPF.</exception>
    public static FileDescriptor LoadFixed(int queue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(queue);
        return BpfProgram.LoadSocketFilter([Op(MoveImmediate, immediate: queue), Op(Exit)]);
    }

    /// <summary>
    /// Sends all packets for one destination to one queue: so a tunnel has each peer's packets, in order, on one thread.
    /// </summary>
    /// <param name="layer">
    /// Whether packets start with an IP or an Ethernet header. Frames that carry no IP, or are tagged, go by their MAC address.
    /// </param>
    /// <returns>The program; the caller's. The card keeps it while it is in use.</returns>
    /// <exception cref="LinuxException">EPERM without CAP_BPF.</exception>
    public static FileDescriptor LoadByDestination(DeviceLayer layer) => BpfProgram.LoadSocketFilter(
        layer == DeviceLayer.Packet ? ByAddress() : ByFrame());

    private static ulong[] ByAddress() =>
    [
        Op(Move, to: 6, from: 1),
        Op(LoadByte, immediate: 0),
        Op(ShiftRight32, immediate: 4),
        Op(JumpIfEqual, offset: Version4Length, immediate: 6),
        .. Version4(0),
        .. Version6(0),
        .. Mixed,
    ];

    private static ulong[] ByFrame() =>
    [
        Op(Move, to: 6, from: 1),
        Op(LoadHalf, immediate: EtherTypeOffset),
        Op(JumpIfEqual, offset: 3 + Version4Length, immediate: (int)EtherType.Ipv6),
        Op(JumpIfEqual, offset: 2, immediate: (int)EtherType.Ipv4),
        Op(LoadWord, immediate: MacOffset),
        Op(Jump, offset: Version4Length + Version6Length),
        .. Version4(EthernetHeaderSize),
        .. Version6(EthernetHeaderSize),
        .. Mixed,
    ];

    private static ulong[] Version4(int start) =>
        [Op(LoadWord, immediate: start + 16), Op(Jump, offset: Version6Length)];

    private static ulong[] Version6(int start) =>
    [
        Op(LoadWord, immediate: start + 24), Op(Move, to: 7, from: 0),
        Op(LoadWord, immediate: start + 28), Op(Xor, to: 7, from: 0),
        Op(LoadWord, immediate: start + 32), Op(Xor, to: 7, from: 0),
        Op(LoadWord, immediate: start + 36), Op(Xor, to: 7, from: 0),
        Op(Move, to: 0, from: 7),
    ];

    // Neighbouring addresses differ in their lowest bits, which the multiplication spreads over the upper half.
    private static ulong[] Mixed =>
        [Op(Multiply32, immediate: unchecked((int)0x9E3779B1)), Op(ShiftRight32, immediate: 16), Op(Exit)];

    // | opcode 8 | destination 4 | source 4 | offset 16 | immediate 32 |
    private static ulong Op(byte code, int to = 0, int from = 0, short offset = 0, int immediate = 0) =>
        code | ((ulong)to << 8) | ((ulong)from << 12) | ((ulong)(ushort)offset << 16) | ((ulong)(uint)immediate << 32);
}
