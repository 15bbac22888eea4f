// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

/// <summary>
/// Loads eBPF programs of the socket-filter type (bpf(2)), as steering and filtering of a card take them.
/// </summary>
public static class BpfProgram
{
    private const int BPF_PROG_LOAD = 5;
    private const uint BPF_PROG_TYPE_SOCKET_FILTER = 1;
    private const int AttributeSize = 48;

    /// <summary>Loads a program and gives its descriptor; the kernel keeps the program while a card uses it.</summary>
    /// <param name="instructions">eBPF instructions, 8 bytes each in machine order.</param>
    /// <exception cref="LinuxException">EPERM without CAP_BPF; EINVAL or EACCES when the verifier refuses.</exception>
    public static unsafe FileDescriptor LoadSocketFilter(ReadOnlySpan<ulong> instructions)
    {
        nint number = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 321 : 280;
        Span<byte> attribute = stackalloc byte[AttributeSize];
        attribute.Clear();
        ReadOnlySpan<byte> license = "Apache-2.0\0"u8;
        fixed (ulong* p = instructions)
        fixed (byte* l = license, a = attribute)
        {
            // union bpf_attr: prog_type, insn_cnt, insns, license.
            MemoryMarshal.Write(attribute, BPF_PROG_TYPE_SOCKET_FILTER);
            MemoryMarshal.Write(attribute[4..], (uint)instructions.Length);
            MemoryMarshal.Write(attribute[8..], (ulong)p);
            MemoryMarshal.Write(attribute[16..], (ulong)l);
            nint fd = Libc.syscall(number, BPF_PROG_LOAD, (nint)a, AttributeSize, 0);
            return fd >= 0
                ? new FileDescriptor((int)fd)
                : throw new LinuxException(
                    Libc.LastErrno, "bpf", "BPF_PROG_LOAD", null, "Loading a program needs CAP_BPF or root.");
        }
    }
}
