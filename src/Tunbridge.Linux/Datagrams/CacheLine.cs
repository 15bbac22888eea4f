// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tunbridge.Linux;

/// <summary>Pinned memory that begins on a cache line, where arrays of .NET never do.</summary>
/// <remarks>
/// The kernel copies with <c>rep movsb</c>. On Zen 4 a copy of 64 KiB takes 1 % to 2 % longer to or from other places,
/// half as long again where source and destination differ by 16 to 64 bytes within their pages, and nine times as long where they
/// differ by less than 16. What the kernel copies from is, in most cases, aligned to 16 at least.
/// </remarks>
internal static unsafe class CacheLine
{
    /// <summary>Bytes of a cache line.</summary>
    internal const int Size = 64;

    /// <summary>Allocates memory that is never moved, and not cleared.</summary>
    /// <param name="length">Bytes.</param>
    internal static ArraySegment<byte> Allocate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        byte[] array = GC.AllocateUninitializedArray<byte>(length + Size - 1, pinned: true);
        nint address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array));
        return new(array, (int)(-address & (Size - 1)), length);
    }
}
