// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>What a letter is about.</summary>
internal enum ControlMailKind
{
    /// <summary>The time that was waited for has come.</summary>
    Tick,

    /// <summary>A datagram.</summary>
    Datagram,

    /// <summary>A peer has moved to <see cref="ControlMail.Path"/>.</summary>
    Moved,

    /// <summary>A peer has said over the data channel that it leaves.</summary>
    Exit,

    /// <summary>Something was dropped that a log may tell of.</summary>
    Dropped,

    /// <summary>A connection has come.</summary>
    Connected,

    /// <summary>A connection has ended.</summary>
    Disconnected,

    /// <summary>Something to call.</summary>
    Command,
}

/// <summary>One letter to the owner; whoever takes it disposes it once.</summary>
internal readonly struct ControlMail : IDisposable
{
    private readonly byte[]? _pooled;
    private readonly int _length;

    internal ControlMail(ControlMailKind kind) => Kind = kind;

    internal ControlMail(ControlMailKind kind, in LinkPath path, ReadOnlySpan<byte> datagram)
    {
        Kind = kind;
        Path = path;
        _pooled = ArrayPool<byte>.Shared.Rent(Math.Max(1, datagram.Length));
        _length = datagram.Length;
        datagram.CopyTo(_pooled);
    }

    internal ControlMailKind Kind { get; }

    internal LinkPath Path { get; init; }

    internal TunnelPeer? Peer { get; init; }

    /// <summary>Why something was dropped.</summary>
    internal DropReason Drop { get; init; }

    /// <summary>Why a connection has ended.</summary>
    internal string Reason { get; init; } = "";

    internal Action? Command { get; init; }

    /// <summary>The datagram, or what was dropped; may be changed in place.</summary>
    internal Span<byte> Datagram => _pooled.AsSpan(0, _length);

    /// <summary>Gives the datagram's room back.</summary>
    public void Dispose()
    {
        if (_pooled is not null)
            ArrayPool<byte>.Shared.Return(_pooled);
    }
}
