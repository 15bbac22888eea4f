// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Tunnels;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.OpenVpn.Data;

/// <summary>
/// Opens what <see cref="EpochDataSealer"/> seals: packets of the epoch that the peer is in, of the one before it, and of the
/// sixteen after it, the first authentic one of which begins it here.
/// </summary>
/// <remarks>
/// Keys of later epochs are made when a packet first claims to be of theirs, and kept: forged packets cost sixteen derivations, once.
/// </remarks>
internal sealed class EpochDataOpener : DataOpener
{
    /// <summary>How many epochs ahead of the current one are accepted.</summary>
    internal const int Ahead = 16;

    private readonly EpochKeys _keys;               // of the newest epoch that has a key
    private readonly EpochKey?[] _next = new EpochKey?[Ahead];
    private readonly EpochDataSealer? _follower;
    private EpochKey? _past;
    private EpochKey _current;

    /// <param name="format">What was agreed.</param>
    /// <param name="keyId">The key's number.</param>
    /// <param name="keys">The peer's chain at its first epoch; disposed with the opener.</param>
    /// <param name="follower">Moves on with the peer; null for none.</param>
    internal EpochDataOpener(DataFormat format, byte keyId, EpochKeys keys, EpochDataSealer? follower) : base(format, keyId)
    {
        _keys = keys;
        _follower = follower;
        _current = new EpochKey(keys, Window);
    }

    /// <summary>The newest epoch that an authentic packet has come of.</summary>
    internal ushort Epoch => _current.Epoch;

    internal override double Spent => _current.Epoch / (double)EpochDataSealer.SoftLastEpoch;

    private protected override DropReason Open(Span<byte> datagram, int header, out ulong number, out Span<byte> framed)
    {
        const int Overhead = EpochDataSealer.HeaderSize + EpochDataSealer.NumberSize + Aead.TagSize;
        number = 0;
        framed = default;
        if (header != EpochDataSealer.HeaderSize)
            return DropReason.UnknownType;      // the format is one of DATA_V2
        if (datagram.Length <= Overhead)
            return DropReason.TooShort;
        ulong id = ReadUInt64BigEndian(datagram[header..]);
        ushort epoch = (ushort)(id >> EpochDataSealer.CounterBits);
        if (KeyOf(epoch) is not { } key)
            return DropReason.UnknownKey;
        Span<byte> nonce = stackalloc byte[Aead.NonceSize];
        EpochDataSealer.MakeNonce(nonce, id, key.Iv);
        Span<byte> content = datagram[(Overhead - Aead.TagSize)..^Aead.TagSize];
        if (!key.Opener.TryOpen(nonce, datagram[..(Overhead - Aead.TagSize)], content, datagram[^Aead.TagSize..]))
            return DropReason.NotAuthentic;
        if (epoch > _current.Epoch)
            Begin(key);
        Window = key.Window;
        number = id & ((1UL << EpochDataSealer.CounterBits) - 1);
        framed = content;
        return DropReason.None;
    }

    private protected override void DisposeKey()
    {
        _past?.Dispose();
        _current.Dispose();
        foreach (EpochKey? key in _next)
            key?.Dispose();
        _keys.Dispose();
    }

    private EpochKey? KeyOf(ushort epoch)
    {
        int ahead = epoch - _current.Epoch;
        if (ahead == 0)
            return _current;
        if (ahead < 0)
            return _past?.Epoch == epoch ? _past : null;
        if (ahead > Ahead)
            return null;
        while (_keys.Epoch < epoch)
        {
            _keys.MoveTo((ushort)(_keys.Epoch + 1));
            _next[_keys.Epoch - _current.Epoch - 1] = new EpochKey(_keys, NewWindow());
        }
        return _next[ahead - 1];
    }

    // Epochs that the peer has left out are forgotten, as is all before the one it was in.
    private void Begin(EpochKey key)
    {
        int steps = key.Epoch - _current.Epoch;
        _past?.Dispose();
        _past = _current;
        _current = key;
        for (int i = 0; i < steps - 1; i++)
            _next[i]?.Dispose();
        Array.Copy(_next, steps, _next, 0, Ahead - steps);
        Array.Clear(_next, Ahead - steps, steps);
        _follower?.MoveTo(key.Epoch);
    }

    /// <summary>What packets of one epoch are opened with.</summary>
    private sealed class EpochKey : IDisposable
    {
        internal EpochKey(EpochKeys keys, ReplayWindow window)
        {
            Epoch = keys.Epoch;
            Opener = keys.CreateOpener(Iv);
            Window = window;
        }

        internal ushort Epoch { get; }

        internal IAeadOpener Opener { get; }

        internal byte[] Iv { get; } = GC.AllocateArray<byte>(Aead.NonceSize, pinned: true);

        internal ReplayWindow Window { get; }

        public void Dispose()
        {
            Opener.Dispose();
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(Iv);
        }
    }
}
