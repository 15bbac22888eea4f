// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;

namespace Tunbridge.Packets;

/// <summary>What every builder checks before it writes.</summary>
internal static class WireBuffer
{
    /// <summary>Throws when the caller's buffer cannot take <paramref name="needed"/> bytes.</summary>
    public static void Require(Span<byte> destination, int needed)
    {
        if (destination.Length < needed) ThrowTooShort(destination.Length, needed, nameof(destination));
    }

    [DoesNotReturn]
    private static void ThrowTooShort(int length, int needed, string parameter) =>
        throw new ArgumentException($"The destination has {length} bytes; {needed} are needed.", parameter);
}
