// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Data;

/// <summary>Turns datagrams back into packets under one data key, in place.</summary>
/// <remarks>
/// Owned by one thread, with its replay window. Nothing allocates but, in the format with epochs, the first packets that
/// claim to be of later epochs. The counters may be read from any thread.
/// </remarks>
public abstract class DataOpener : IDisposable
{
    private readonly int _windowSize;
    private readonly long _maximumAge;
    private readonly double _limit;     // of blocks and packets
    private readonly CompressionFraming _framing;
    private readonly byte[] _scratch;
    private long _count;
    private long _lastUsed;
    private ulong _blocks;

    private protected DataOpener(DataFormat format, byte keyId)
    {
        KeyId = keyId;
        _framing = format.Framing;
        _windowSize = Math.Max(1, format.ReplayWindow);
        _limit = format.UsageLimit;
        Window = NewWindow();
        _maximumAge = Math.Max(1000, (long)format.ReplayAge.TotalMilliseconds);
        _scratch = _framing == CompressionFraming.Lzo ? new byte[format.MaximumPacket] : [];
    }

    /// <summary>The key's number, 0 to 7.</summary>
    public byte KeyId { get; }

    /// <summary>How many packets came out of it.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>When a packet last came, in the caller's milliseconds; 0 before the first.</summary>
    public long LastUsed => Volatile.Read(ref _lastUsed);

    /// <summary>How much of what the key can bear the peer has used; the next key is due at 1.</summary>
    internal virtual double Spent => Volatile.Read(ref _blocks) / _limit;

    /// <summary>Where the number of the packet that was opened last belongs.</summary>
    private protected ReplayWindow Window { get; set; }

    /// <summary>Verifies and decrypts a datagram of DATA_V1 or DATA_V2.</summary>
    /// <param name="datagram">Changed in place; undefined afterwards when it is dropped.</param>
    /// <param name="nowMilliseconds">The time, which only grows.</param>
    /// <param name="payload">The packet, or a ping; valid until the next call.</param>
    /// <returns>Why it is dropped; <see cref="DropReason.None"/> when it is not.</returns>
    public DropReason TryOpen(Span<byte> datagram, long nowMilliseconds, out Span<byte> payload)
    {
        payload = default;
        if (!PacketHead.TryRead(datagram, out PacketHead head) || !head.IsData)
            return DropReason.UnknownType;
        if (head.KeyId != KeyId)
            return DropReason.UnknownKey;
        DropReason reason = Open(datagram, head.Opcode == Opcode.DataV2 ? 4 : 1, out ulong number, out Span<byte> framed);
        if (reason != DropReason.None)
            return reason;
        if (number == 0 || !Window.TryAccept(number, nowMilliseconds, _maximumAge))
            return DropReason.Replayed;
        // One thread writes, others only read.
        Volatile.Write(ref _lastUsed, nowMilliseconds);
        Volatile.Write(ref _count, _count + 1);
        return CompressionFrames.TryRemove(_framing, framed, _scratch, out payload) ? DropReason.None : DropReason.Malformed;
    }

    /// <summary>Wipes the key.</summary>
    public void Dispose()
    {
        DisposeKey();
        GC.SuppressFinalize(this);
    }

    private protected abstract DropReason Open(Span<byte> datagram, int header, out ulong number, out Span<byte> framed);

    private protected abstract void DisposeKey();

    private protected ReplayWindow NewWindow() => new(_windowSize);

    /// <summary>Counts an authentic packet and its blocks.</summary>
    private protected void CountBlocks(int length) => Volatile.Write(ref _blocks, _blocks + DataFormat.BlocksOf(length));
}
