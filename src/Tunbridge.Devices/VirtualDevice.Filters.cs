// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Packets;

namespace Tunbridge.Devices;

/// <summary>What decides which packets reach which reader.</summary>
public abstract partial class VirtualDevice
{
    /// <summary>Chooses the queue of each packet by an eBPF program (TUNSETSTEERINGEBPF).</summary>
    /// <param name="program">
    /// A loaded socket-filter program, or null to go back to the kernel's flow hash. Stays the caller's.
    /// </param>
    /// <exception cref="LinuxException">EBADF, EINVAL: it is no such program.</exception>
    public void SetSteeringProgram(FileDescriptor? program) => SetProgram(program, steering: true);

    /// <summary>
    /// Decides by an eBPF program which packets reach the reader, and how much of them (TUNSETFILTEREBPF).
    /// </summary>
    /// <param name="program">
    /// A loaded socket-filter program, or null to let everything through. Stays the caller's.
    /// </param>
    /// <exception cref="LinuxException">EBADF, EINVAL: it is no such program.</exception>
    public void SetFilterProgram(FileDescriptor? program) => SetProgram(program, steering: false);

    /// <summary>Limits what a TAP's reader gets to frames for some destinations (TUNSETTXFILTER).</summary>
    /// <param name="addresses">Destinations; broadcast passes only when listed. Empty turns the filter off.</param>
    /// <param name="allMulticast">Whether every multicast frame passes as well.</param>
    /// <returns>
    /// What the kernel made of it: a ninth unicast address silently turns the filter <em>off</em>, so look at
    /// <see cref="TransmitFilterState.IsOn"/>. It filters what the kernel sends, not what this program writes.
    /// </returns>
    /// <exception cref="LinuxException">EINVAL: the card is a TUN.</exception>
    public TransmitFilterState SetTransmitFilter(ReadOnlySpan<MacAddress> addresses, bool allMulticast = false)
    {
        byte[] bytes = new byte[addresses.Length * MacAddress.Size];
        for (int i = 0; i < addresses.Length; i++)
            addresses[i].CopyTo(bytes.AsSpan(i * MacAddress.Size));
        Check(TunControl.TrySetTransmitFilter(Control, bytes, allMulticast, out int exact), "TUNSETTXFILTER");
        return new() { ExactCount = exact };
    }

    /// <summary>Lets every frame through again.</summary>
    /// <exception cref="LinuxException">EINVAL: the card is a TUN.</exception>
    public void ClearTransmitFilter() => SetTransmitFilter([]);

    /// <summary>
    /// Attaches a classic BPF program that decides which frames reach a TAP's reader (TUNATTACHFILTER).
    /// </summary>
    /// <param name="program">1 to 4096 instructions; it returns how many bytes pass, 0 for none.</param>
    /// <exception cref="LinuxException">EINVAL: the card is a TUN, or the program is not valid.</exception>
    public void AttachFilter(ReadOnlySpan<BpfInstruction> program) =>
        Check(TunControl.TryAttachFilter(Control, program), "TUNATTACHFILTER");

    /// <summary>Takes the classic BPF program away (TUNDETACHFILTER).</summary>
    /// <exception cref="LinuxException">EINVAL: the card is a TUN.</exception>
    public void DetachFilter() => Check(TunControl.TryDetachFilter(Control), "TUNDETACHFILTER");

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
