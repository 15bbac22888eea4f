// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;

namespace Tunbridge.Devices;

/// <summary>Programs that choose queues and drop packets.</summary>
public abstract partial class VirtualDevice
{
    /// <summary>Chooses the queue of each packet by an eBPF program (TUNSETSTEERINGEBPF).</summary>
    /// <param name="program">A loaded socket-filter program, or null to go back to the kernel's flow hash. Stays the caller's.</param>
    /// <exception cref="LinuxException">EBADF, EINVAL: it is no such program.</exception>
    public void SetSteeringProgram(FileDescriptor? program) => SetProgram(program, steering: true);

    /// <summary>Decides by an eBPF program which packets reach the reader, and how much of them (TUNSETFILTEREBPF).</summary>
    /// <param name="program">A loaded socket-filter program, or null to let everything through. Stays the caller's.</param>
    /// <exception cref="LinuxException">EBADF, EINVAL: it is no such program.</exception>
    public void SetFilterProgram(FileDescriptor? program) => SetProgram(program, steering: false);

    private void SetProgram(FileDescriptor? program, bool steering)
    {
        const int None = -1;
        FileDescriptor control = Control;
        Errno errno;
        if (program is null)
        {
            errno = Set(None);
        }
        else
        {
            using FileDescriptor.Borrow borrow = new(program);
            errno = Set(borrow.Number);
        }

        Check(errno, steering ? "TUNSETSTEERINGEBPF" : "TUNSETFILTEREBPF");

        Errno Set(int number) => steering
            ? TunControl.TrySetSteeringProgram(control, number)
            : TunControl.TrySetFilterProgram(control, number);
    }
}
