// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Linux.Interop;

/// <summary>One control message where it lies.</summary>
internal unsafe struct ControlMessage
{
    internal int Level;
    internal int Type;
    internal byte* Data;
    internal int Length;

    /// <summary>The data as a number: the kernel uses a byte (IP_TOS) or an int.</summary>
    internal readonly int AsInt32() => Length >= sizeof(int) ? *(int*)Data : Length > 0 ? *Data : 0;
}
