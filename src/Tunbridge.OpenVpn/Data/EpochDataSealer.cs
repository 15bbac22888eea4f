// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.OpenVpn.Data;

/// <summary>Seals with AES-GCM or ChaCha20-Poly1305 in the format with epochs: the key changes by itself before it is used up.</summary>
/// <remarks>The first packet of an epoch that a fork seals derives its key, which allocates; no other does.</remarks>
internal sealed class EpochDataSealer : DataSealer
{
    // header 4 | epoch u16 | counter u48 | ciphertext | tag 16
    // nonce = (epoch | counter | 0 0 0 0) XOR the epoch's IV; authenticated: header | epoch | counter

    internal const int HeaderSize = 4;
    internal const int NumberSize = 8;
    internal const int CounterBits = 48;

    // From here on the session is to make its next key: epochs do not begin anew.
    internal const ushort SoftLastEpoch = 0xff00;

    // A counter never gets near its end, whatever the cipher can bear.
    private const ulong MaximumCounter = 1UL << 47;

    private readonly EpochKeys _keys;
    private readonly byte[] _iv = GC.AllocateArray<byte>(Aead.NonceSize, pinned: true);
    private IAeadSealer _sealer;

    internal EpochDataSealer(DataFormat format, byte keyId, EpochKeys keys) : base(format, keyId, 1UL << CounterBits)
    {
        _keys = keys;
        _sealer = keys.CreateSealer(_iv);
    }

    private EpochDataSealer(EpochDataSealer other) : base(other)
    {
        _keys = new EpochKeys(other._keys);
        _sealer = other._sealer.Fork();
        other._iv.CopyTo(_iv, 0);
    }

    /// <summary>The epoch of the next packet, of all forks.</summary>
    internal ushort Epoch => (ushort)(Number >> CounterBits);

    internal override double Spent => Epoch / (double)SoftLastEpoch;

    private protected override int OwnOverhead => HeaderSize + NumberSize + Aead.TagSize;

    private protected override DataSealer ForkKey()
    {
        MoveKey();
        return new EpochDataSealer(this);
    }

    private protected override void MoveKey()
    {
        if (Epoch != _keys.Epoch)
            Follow(Epoch);
    }

    /// <summary>Goes on to an epoch, if it is not there yet: the peer has. May be called from any thread.</summary>
    internal void MoveTo(ushort epoch) => Renumber((ulong)epoch << CounterBits);

    private protected override int Seal(ReadOnlySpan<byte> packet, Span<byte> destination, ulong number, CompressionFraming framing)
    {
        ushort epoch = (ushort)(number >> CounterBits);
        if (epoch != _keys.Epoch)
            Follow(epoch);
        if ((CountBlocks(packet.Length) || CounterOf(number) >= MaximumCounter) && !TryEndEpoch(epoch))
            return 0;
        Span<byte> head = destination[..(HeaderSize + NumberSize)];
        WriteHeader(head);
        WriteUInt64BigEndian(head[HeaderSize..], number);
        Span<byte> nonce = stackalloc byte[Aead.NonceSize];
        MakeNonce(nonce, number, _iv);
        Span<byte> content = destination[head.Length..];
        if (framing != CompressionFraming.None)
            packet = content[..CompressionFrames.Write(framing, packet, content)];
        _sealer.Seal(nonce, head, packet, content[..packet.Length], content.Slice(packet.Length, Aead.TagSize));
        return OwnOverhead + packet.Length;
    }

    internal static void MakeNonce(Span<byte> nonce, ulong number, ReadOnlySpan<byte> iv)
    {
        WriteUInt64BigEndian(nonce, number ^ ReadUInt64BigEndian(iv));
        iv[sizeof(ulong)..].CopyTo(nonce[sizeof(ulong)..]);
    }

    private protected override ulong CounterOf(ulong number) => number & ((1UL << CounterBits) - 1);

    private protected override void DisposeKey()
    {
        _sealer.Dispose();
        _keys.Dispose();
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(_iv);
    }

    // The limit is reached: packets after this one belong to the next epoch. False at the very last: no more is sealed.
    private bool TryEndEpoch(ushort epoch)
    {
        bool isLast = epoch == ushort.MaxValue;
        Renumber(isLast ? ((ulong)epoch << CounterBits) | MaximumCounter : (epoch + 1UL) << CounterBits);
        return !isLast;
    }

    // Another thread, the peer or this one's last packet has begun an epoch. Numbers only grow, hence so do a thread's epochs.
    private void Follow(ushort epoch)
    {
        _keys.MoveTo(epoch);
        _sealer.Dispose();
        _sealer = _keys.CreateSealer(_iv);
        ForgetBlocks();
    }
}
