// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Data;

/// <summary>Turns packets into datagrams under one data key.</summary>
/// <remarks>
/// Each thread that seals under the same key has its own, from <see cref="Fork"/>; the numbers are shared. Nothing
/// allocates but <see cref="Fork"/> and, in the format with epochs, the first packet of an epoch. A session publishes
/// another sealer for its next key.
/// </remarks>
public abstract class DataSealer : IPacketSealer, IDisposable
{
    // From here on the session is to make its next key; the count may go on to the end meanwhile.
    private const double SoftLimit = 0xff000000;

    private readonly Lock _life = new();    // half a wiped key must not be copied
    private readonly Use _use;
    private readonly CompressionFraming _framing;
    private readonly ulong _limit;      // of blocks and packets
    private readonly ulong _share;      // of the limit, that each fork adds up before it tells the others
    private ulong _blocks;              // not told yet
    private bool _isDisposed;

    private protected DataSealer(DataFormat format, byte keyId, ulong number = 0)
    {
        Format = format;
        KeyId = keyId;
        _framing = format.Framing;
        _limit = format.UsageLimit;
        _share = Math.Max(1, _limit / 1024);
        _use = new Use { Number = number };
    }

    private protected DataSealer(DataSealer other)
    {
        Format = other.Format;
        KeyId = other.KeyId;
        _framing = other._framing;
        _limit = other._limit;
        _share = other._share;
        _use = other._use;
    }

    /// <summary>The key's number, 0 to 7.</summary>
    public byte KeyId { get; }

    /// <summary>The most bytes by which a datagram is longer than its packet.</summary>
    public int Overhead => CompressionFrames.MaximumOverhead(_framing) + OwnOverhead;

    /// <summary>How many packets have been sealed under this key, by all forks.</summary>
    public long Count => Interlocked.Read(ref _use.Before) + (long)CounterOf(Number);

    /// <summary>When a packet was last sealed, in the caller's milliseconds; 0 before the first.</summary>
    public long LastUsed => Volatile.Read(ref _use.LastUsed);

    /// <summary>So many packets have been sealed that the next key is due.</summary>
    public bool IsNearlySpent => Spent >= 1;

    /// <summary>How much of what the key can bear is used, in packets or in blocks; the next key is due at 1.</summary>
    internal virtual double Spent => Math.Max(CounterOf(Number) / SoftLimit, Volatile.Read(ref _use.Blocks) / (double)_limit);

    private protected DataFormat Format { get; }

    /// <summary>The last number that any fork has taken.</summary>
    private protected ulong Number => Volatile.Read(ref _use.Number);

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
        length = Seal(packet, destination, Interlocked.Increment(ref _use.Number), _framing);
        if (length == 0)
            return false;
        // The line is shared by all threads that seal: written once in a batch.
        if (Volatile.Read(ref _use.LastUsed) != nowMilliseconds)
            Volatile.Write(ref _use.LastUsed, nowMilliseconds);
        return true;
    }

    /// <summary>Another sealer under the same key and count, for another thread; it lives on when this one is disposed.</summary>
    /// <returns>The sealer; the caller disposes it.</returns>
    /// <exception cref="ObjectDisposedException">This one has been disposed.</exception>
    public DataSealer Fork() => TryFork(out DataSealer? fork) ? fork : throw new ObjectDisposedException(nameof(DataSealer));

    /// <summary>Does as <see cref="Fork"/>, while another thread may dispose this sealer.</summary>
    /// <returns>False when it has: the session has another one by then.</returns>
    public bool TryFork([NotNullWhen(true)] out DataSealer? fork)
    {
        lock (_life)
        {
            fork = _isDisposed ? null : ForkKey();
            return fork is not null;
        }
    }

    /// <summary>Wipes the key.</summary>
    public void Dispose()
    {
        lock (_life)
        {
            _isDisposed = true;
            DisposeKey();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Frames and seals a packet into a destination with enough room, and gives the datagram's length; 0 when the number is beyond the last.</summary>
    private protected abstract int Seal(ReadOnlySpan<byte> packet, Span<byte> destination, ulong number, CompressionFraming framing);

    /// <summary>How many packets a number stands for.</summary>
    private protected virtual ulong CounterOf(ulong number) => Math.Min(number, uint.MaxValue);

    /// <summary>Counts a packet of an authenticated cipher, and its blocks.</summary>
    /// <returns>The limit is reached. Forks tell each other of a thousandth of it at a time: their counter would cost more than the counting.</returns>
    private protected bool CountBlocks(int length)
    {
        _blocks += DataFormat.BlocksOf(length);
        return _blocks >= _share && TellBlocks();
    }

    /// <summary>What this fork has counted belongs to a key that is not in use any more.</summary>
    private protected void ForgetBlocks() => _blocks = 0;

    /// <summary>Has numbers go on after this one, unless they are there already, and counts blocks anew. For any thread.</summary>
    internal void Renumber(ulong number)
    {
        // Others take numbers meanwhile. Their blocks may count for what follows, never the other way round.
        lock (_use)
        {
            for (ulong seen = Number; seen < number; seen = Number)
            {
                Volatile.Write(ref _use.Blocks, 0);
                if (Interlocked.CompareExchange(ref _use.Number, number, seen) == seen)
                    Interlocked.Add(ref _use.Before, (long)(CounterOf(seen) - CounterOf(number)));
            }
        }
    }

    private bool TellBlocks()
    {
        ulong all = Interlocked.Add(ref _use.Blocks, _blocks);
        _blocks = 0;
        return all >= _limit;
    }

    /// <summary>Has a sealer that seals little, or only gives forks, leave behind what earlier packets were sealed with. On its own thread, unless it only gives forks.</summary>
    internal void CatchUp()
    {
        lock (_life)
        {
            if (!_isDisposed)
                MoveKey();
        }
    }

    private protected abstract DataSealer ForkKey();

    private protected virtual void MoveKey()
    {
    }

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
        internal ulong Number;
        internal ulong Blocks;      // and packets
        internal long Before;       // packets of earlier epochs
        internal long LastUsed;
    }
}
