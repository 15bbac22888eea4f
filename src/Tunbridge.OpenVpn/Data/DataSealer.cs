// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Wire;

namespace Tunbridge.OpenVpn.Data;

/// <summary>Turns packets into datagrams under one data key, in place.</summary>
/// <remarks>
/// Each thread that seals under the same key has its own, from <see cref="Fork"/>; the numbers are shared. Nothing
/// allocates but <see cref="Fork"/>. A sealer is immutable but for its counters: a session publishes another one for its
/// next key.
/// </remarks>
public abstract class DataSealer : IDisposable
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

    /// <summary>Bytes that must be free before a packet.</summary>
    public int Headroom => CompressionFrames.Headroom + OwnHeadroom;

    /// <summary>Bytes that must be free behind a packet.</summary>
    public abstract int Tailroom { get; }

    /// <summary>How many packets have been sealed under this key, by all forks.</summary>
    public long Count => Math.Min(Interlocked.Read(ref _use.Number), uint.MaxValue);

    /// <summary>When a packet was last sealed, in the caller's milliseconds; 0 before the first.</summary>
    public long LastUsed => Interlocked.Read(ref _use.LastUsed);

    /// <summary>So many packets have been sealed that the next key is due.</summary>
    public bool IsNearlySpent => Count >= SoftLimit;

    private protected DataFormat Format { get; }

    private protected abstract int OwnHeadroom { get; }

    /// <summary>Seals the packet at <paramref name="start"/> of a buffer with room around it.</summary>
    /// <param name="buffer">Has <see cref="Headroom"/> bytes before the packet and <see cref="Tailroom"/> behind it.</param>
    /// <param name="nowMilliseconds">The time, which only grows.</param>
    /// <param name="start">Where the packet begins; afterwards, where the datagram does.</param>
    /// <param name="length">Bytes of the packet; afterwards, of the datagram.</param>
    /// <returns>False when the key has no numbers left: nothing is changed.</returns>
    /// <exception cref="ArgumentException">There is too little room.</exception>
    public bool TrySeal(Span<byte> buffer, long nowMilliseconds, ref int start, ref int length)
    {
        if (start < Headroom || length < 0 || buffer.Length - start - length < Tailroom)
            throw new ArgumentException($"A packet needs {Headroom} bytes before it and {Tailroom} behind it.", nameof(buffer));
        long number = Interlocked.Increment(ref _use.Number);
        if (number > uint.MaxValue)
            return false;
        Interlocked.Exchange(ref _use.LastUsed, nowMilliseconds);
        CompressionFrames.Apply(_framing, buffer, ref start, ref length);
        Seal(buffer, (uint)number, ref start, ref length);
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

    private protected abstract void Seal(Span<byte> buffer, uint number, ref int start, ref int length);

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
