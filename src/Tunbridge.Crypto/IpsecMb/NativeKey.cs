// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Tunbridge.Crypto.Interop;

namespace Tunbridge.Crypto.IpsecMb;

/// <summary>An expanded key and a packet's context in native memory, wiped when freed.</summary>
internal static unsafe class NativeKey
{
    internal const int Size = IpsecMbLibrary.KeyRoom + IpsecMbLibrary.ContextRoom;

    internal static NativeHandle Allocate()
    {
        nint block = (nint)NativeMemory.AlignedAlloc(Size, 64);
        NativeMemory.Clear((void*)block, Size);
        return new NativeHandle(block, &Free);
    }

    private static void Free(nint block)
    {
        LibCrypto.OPENSSL_cleanse((void*)block, Size);
        NativeMemory.AlignedFree((void*)block);
    }
}
