// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Tunbridge.Crypto.Interop;

/// <summary>An object of a native library, freed once, also when its owner is forgotten.</summary>
internal sealed unsafe class NativeHandle : SafeHandle
{
    private readonly delegate*<nint, void> _free;

    internal NativeHandle(nint value, delegate*<nint, void> free) : base(0, ownsHandle: true)
    {
        _free = free;
        SetHandle(value);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>The pointer, for an owner that is used by one thread at a time and keeps itself alive.</summary>
    /// <exception cref="ObjectDisposedException">It has been freed.</exception>
    internal nint Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return handle;
        }
    }

    protected override bool ReleaseHandle()
    {
        _free(handle);
        return true;
    }
}
