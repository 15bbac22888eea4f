// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;

namespace Tunbridge.OpenVpn.Wire;

/// <summary>Collects what TLS gives into messages, which end at their NUL; several in one read and one over several are both taken.</summary>
internal sealed class ControlMessageBuffer
{
    private byte[] _buffer = [];
    private int _start;
    private int _end;

    /// <summary>A message was longer than is allowed; nothing more comes out.</summary>
    internal bool IsBroken { get; private set; }

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        if (IsBroken)
            return;
        if (_buffer.Length - _end < bytes.Length)
        {
            byte[] larger = new byte[Math.Max(_end - _start + bytes.Length, 512)];
            _buffer.AsSpan(_start, _end - _start).CopyTo(larger);
            CryptographicOperations.ZeroMemory(_buffer);
            (_buffer, _end, _start) = (larger, _end - _start, 0);
        }
        bytes.CopyTo(_buffer.AsSpan(_end));
        _end += bytes.Length;
        if (_buffer.AsSpan(_start, _end - _start).IndexOf((byte)0) < 0 && _end - _start > ControlMessage.MaximumLength)
            IsBroken = true;
    }

    /// <summary>Gives the next message without its NUL, valid until the next <see cref="Append"/>. Empty ones are skipped.</summary>
    internal bool TryRead(out ReadOnlySpan<byte> message)
    {
        message = default;
        while (!IsBroken)
        {
            ReadOnlySpan<byte> rest = _buffer.AsSpan(_start, _end - _start);
            int nul = rest.IndexOf((byte)0);
            if (nul < 0)
                return false;
            _start += nul + 1;
            if (nul == 0)
                continue;
            message = rest[..nul];
            return true;
        }
        return false;
    }
}
