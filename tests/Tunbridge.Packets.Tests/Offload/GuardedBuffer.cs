// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Tests.Offload;

/// <summary>A buffer with canaries before and after the part that may be written.</summary>
internal sealed class GuardedBuffer(int size)
{
    private const int Guard = 256;
    private const byte Canary = 0xA5;

    private readonly byte[] _bytes = MakeBytes(size);
    private int _length;

    /// <summary>A part of <paramref name="length"/> bytes, with canaries right before and right after it.</summary>
    public Span<byte> Take(int length)
    {
        _length = length;
        _bytes.AsSpan(Guard + length, Guard).Fill(Canary);
        return _bytes.AsSpan(Guard, length);
    }

    public bool IsIntact =>
        !_bytes.AsSpan(0, Guard).ContainsAnyExcept(Canary) && !_bytes.AsSpan(Guard + _length, Guard).ContainsAnyExcept(Canary);

    private static byte[] MakeBytes(int size)
    {
        byte[] bytes = new byte[size + (2 * Guard)];
        bytes.AsSpan(0, Guard).Fill(Canary);
        return bytes;
    }
}
