// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting.Tests.Pumps;

/// <summary>
/// A session without secrets that looks like OpenVPN's DATA_V2: head and peer id, number, a code over everything, payload. Refuses a wrong
/// code and a number that came before; a payload of one byte is a ping (0) or an exit (1).
/// </summary>
internal sealed class PlainChannel(uint id) : IDataChannel
{
    private const int Overhead = 12;

    private readonly Sealer _sealer = new(id);
    private uint _highest;
    private long _opens;

    /// <summary>Whether there are keys.</summary>
    internal bool HasKeys { get; set; } = true;

    /// <summary>Set when the keys are gone: a use after that is a defect.</summary>
    internal bool IsDisposed { get; set; }

    internal bool WasUsedAfterDispose { get; private set; }

    internal long Opens => Interlocked.Read(ref _opens);

    /// <summary>Waits inside an open, when it is not null.</summary>
    internal ManualResetEventSlim? Hold { get; set; }

    public IPacketSealer? SealerFor(int slot)
    {
        WasUsedAfterDispose |= IsDisposed;
        return HasKeys ? _sealer : null;
    }

    public DropReason TryOpen(Span<byte> datagram, long nowMilliseconds, out Span<byte> packet, out bool isExit)
    {
        packet = default;
        isExit = false;
        WasUsedAfterDispose |= IsDisposed;
        Interlocked.Increment(ref _opens);
        Hold?.Wait();
        WasUsedAfterDispose |= IsDisposed;
        if (datagram.Length <= Overhead)
            return DropReason.TooShort;
        uint code = BinaryPrimitives.ReadUInt32BigEndian(datagram[8..]);
        BinaryPrimitives.WriteUInt32BigEndian(datagram[8..], 0);
        if (Code(datagram) != code)
            return DropReason.NotAuthentic;
        uint number = BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]);
        if (number <= _highest)
            return DropReason.Replayed;
        _highest = number;
        packet = datagram[Overhead..];
        isExit = packet.Length == 1 && packet[0] == 1;
        if (packet.Length == 1)
            packet = default;
        return DropReason.None;
    }

    internal byte[] Seal(ReadOnlySpan<byte> packet)
    {
        byte[] datagram = new byte[packet.Length + Overhead];
        Assert.True(_sealer.TrySeal(packet, datagram, 0, out _));
        return datagram;
    }

    private static uint Code(ReadOnlySpan<byte> bytes)
    {
        uint code = 0x811c9dc5;
        foreach (byte b in bytes)
            code = (code ^ b) * 16777619;
        return code;
    }

    private sealed class Sealer(uint id) : IPacketSealer
    {
        private uint _number;

        public int Overhead => PlainChannel.Overhead;

        public bool TrySeal(ReadOnlySpan<byte> packet, Span<byte> destination, long nowMilliseconds, out int length)
        {
            length = packet.Length + Overhead;
            BinaryPrimitives.WriteUInt32BigEndian(destination, 0x48000000 | id);
            BinaryPrimitives.WriteUInt32BigEndian(destination[4..], Interlocked.Increment(ref _number));
            BinaryPrimitives.WriteUInt32BigEndian(destination[8..], 0);
            packet.CopyTo(destination[Overhead..]);
            BinaryPrimitives.WriteUInt32BigEndian(destination[8..], Code(destination[..length]));
            return true;
        }
    }
}
