// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Tunbridge.Linux;

/// <summary>One instruction of a classic BPF program (struct sock_filter, linux/filter.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct BpfInstruction
{
    /// <summary>The operation, such as 0x28 (load half word) or 0x06 (return).</summary>
    public required ushort Code { get; init; }

    /// <summary>How many instructions to skip when a comparison holds.</summary>
    public byte JumpTrue { get; init; }

    /// <summary>How many instructions to skip when it does not.</summary>
    public byte JumpFalse { get; init; }

    /// <summary>The operand.</summary>
    public uint Operand { get; init; }
}
