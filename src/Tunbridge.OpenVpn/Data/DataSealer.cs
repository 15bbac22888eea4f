// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Data;

/// <summary>Turns packets into datagrams under one data key.</summary>
/// <remarks>
/// Each thread that seals under the same key has its own, from <see cref="Fork"/>; the numbers are shared. Nothing
/// allocates but <see cref="Fork"/>. A sealer is immutable but for its counters: a session publishes another one for its
/// next key.
/// </remarks>
public abstract class DataSealer : IPacketSealer, IDisposable
{
    // From here on the session is to make its next key; the count may go on to the end meanwhile.
    private const long SoftLimit = 0xff000000;

    private readonly Use _use;
    private readonly CompressionFraming _framing;

    private protected DataSealer(DataFormat format, byte keyId)
    {
        Format = format;
        KeyId = keyId;
        _framing = format.Framing;
        _use = new Use();
    }

    private protected DataSealer(DataSealer other)
    {
        Format = other.Format;
        KeyId = other.KeyId;
        _framing = other._framing;
        _use = other._use;
    }

    /// <summary>The key's number, 0 to 7.</summary>
    public byte KeyId { get; }

    /// <summary>The most bytes by which a datagram is longer than its packet.</summary>
    public int Overhead => CompressionFrames.MaximumOverhead(_framing) + OwnOverhead;

    /// <summary>How many packets have been sealed under this key, by all forks.</summary>
    public long Count => Math.Min(Interlocked.Read(ref _use.Number), uint.MaxValue);

    /// <summary>When a packet was last sealed, in the caller's milliseconds; 0 before the first.</summary>
    public long LastUsed => Volatile.Read(ref _use.LastUsed);

    /// <summary>So many packets have been sealed that the next key is due.</summary>
    public bool IsNearlySpent => Count >= SoftLimit;

    private protected DataFormat Format { get; }

    private protected abstract int OwnOverhead { get; }

    /// <summary>Seals a packet.</summary>
    /// <param name="packet">The packet; unchanged. Must not overlap <paramref name="destination"/>.</param>
    /// <param name="destination">Room for the packet and <see cref="Overhead"/>; what lies behind the datagram may be written, too.</param>
    /// <param name="nowMilliseconds">The time, which only grows.</param>
    /// <param name="length">Bytes of the datagram.</param>
    /// <returns>False when the key has no numbers left: nothing is written.</returns>
    /// <exception cref="ArgumentException">There is too little room.</exception>
    public bool TrySeal(ReadOnlySpan<byte> packet, Span<byte> destination, long nowMilliseconds, out int length)
    {
        length = 0;
        if (destination.Length - packet.Length < Overhead)
            throw new ArgumentException($"A datagram needs {Overhead} bytes more than its packet.", nameof(destination));
        long number = Interlocked.Increment(ref _use.Number);
        if (number > uint.MaxValue)
            return false;
        // The line is shared by all threads that seal: written once in a batch.
        if (Volatile.Read(ref _use.LastUsed) != nowMilliseconds)
            Volatile.Write(ref _use.LastUsed, nowMilliseconds);
        length = Seal(packet, destination, (uint)number, _framing);
        return true;
    }

    /// <summary>Another sealer under the same key and count, for another thread; it lives on when this one is disposed.</summary>
    /// <returns>The sealer; the caller disposes it.</returns>
    public abstract DataSealer Fork();

    /// <summary>Wipes the key.</summary>
    public void Dispose()
    {
        DisposeKey();
        GC.SuppressFinalize(this);
    }

    /// <summary>Frames and seals a packet into a destination with enough room, and gives the datagram's length.</summary>
    private protected abstract int Seal(ReadOnlySpan<byte> packet, Span<byte> destination, uint number, CompressionFraming framing);

    private protected abstract void DisposeKey();

    private protected void WriteHeader(Span<byte> destination)
    {
        if (Format.PeerId is { } id)
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(destination,
                ((uint)new PacketHead(Opcode.DataV2, KeyId).ToByte() << 24) | id);
        else
            destination[0] = new PacketHead(Opcode.DataV1, KeyId).ToByte();
    }

    private sealed class Use
    {
        internal long Number;
        internal long LastUsed;
    }
}
