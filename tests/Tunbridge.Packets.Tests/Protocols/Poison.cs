// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Tests.Protocols;

/// <summary>Buffers full of 0xA5, so that a byte a builder forgot or wrote too much shows.</summary>
internal static class Poison
{
    public const byte Value = 0xA5;

    public static byte[] Buffer(int size)
    {
        byte[] bytes = new byte[size];
        Array.Fill(bytes, Value);
        return bytes;
    }

    /// <summary>Asserts that the bytes from <paramref name="length"/> on are untouched, and gives those before.</summary>
    public static byte[] Written(byte[] buffer, int length)
    {
        Assert.All(buffer[length..], b => Assert.Equal(Value, b));
        return buffer[..length];
    }
}
