// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Wire;

/// <summary>Bytes that come piece by piece and may be secret: pinned, and wiped when they move, are taken or are given up.</summary>
internal sealed class SecretBuffer : IDisposable
{
    private const int LeastRoom = 512;

    private SecretBytes? _room;
    private int _start;
    private int _end;

    /// <summary>What is there; valid until the next call of anything else.</summary>
    internal Span<byte> Span => _room is null ? default : _room.Span[_start.._end];

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        if (_room is null || _room.Length - _end < bytes.Length)
        {
            int length = Span.Length;
            SecretBytes larger = new(Math.Max(2 * (length + bytes.Length), LeastRoom));
            Span.CopyTo(larger.Span);
            _room?.Dispose();
            (_room, _start, _end) = (larger, 0, length);
        }
        bytes.CopyTo(_room.Span[_end..]);
        _end += bytes.Length;
    }

    /// <summary>Takes bytes from the front, which have been used.</summary>
    internal void Skip(int count)
    {
        CryptographicOperations.ZeroMemory(Span[..count]);
        _start += count;
        if (_start == _end)
            Dispose();
    }

    /// <summary>Wipes everything; more may come.</summary>
    public void Dispose()
    {
        _room?.Dispose();
        (_room, _start, _end) = (null, 0, 0);
    }
}
