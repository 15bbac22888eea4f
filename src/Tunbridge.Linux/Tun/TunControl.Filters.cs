// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

public static unsafe partial class TunControl
{
    private const int MacSize = 6;
    private const int TransmitFilterHeaderSize = 4;
    private const ushort TunFilterAllMulticast = 0x0001;

    /// <summary>Limits what the kernel hands to a TAP's reader to some destinations (TUNSETTXFILTER).</summary>
    /// <param name="descriptor">An attached TAP descriptor; EINVAL on a TUN.</param>
    /// <param name="addresses">MAC addresses, 6 bytes each; broadcast only when listed.</param>
    /// <param name="allMulticast">Whether every multicast frame passes.</param>
    /// <param name="exact">
    /// How many addresses are matched exactly. The kernel has room for 8; a ninth unicast address turns the filter
    /// <em>off</em> and gives 0, further multicast addresses are hashed. 0 also for an empty list: off.
    /// </param>
    public static Errno TrySetTransmitFilter(
        FileDescriptor descriptor, ReadOnlySpan<byte> addresses, bool allMulticast, out int exact)
    {
        if (addresses.Length % MacSize != 0 || addresses.Length / MacSize > ushort.MaxValue)
            throw new ArgumentException("Addresses are 6 bytes each, at most 65535 of them.", nameof(addresses));
        ArgumentNullException.ThrowIfNull(descriptor);
        // struct tun_filter: u16 flags, u16 count, then the addresses.
        byte[] filter = new byte[TransmitFilterHeaderSize + addresses.Length];
        MemoryMarshal.Write(filter, allMulticast ? TunFilterAllMulticast : (ushort)0);
        MemoryMarshal.Write(filter.AsSpan(2), (ushort)(addresses.Length / MacSize));
        addresses.CopyTo(filter.AsSpan(TransmitFilterHeaderSize));
        using FileDescriptor.Borrow borrow = new(descriptor);
        fixed (byte* p = filter)
        {
            int result = Libc.ioctl_ptr(borrow.Number, Libc.TUNSETTXFILTER, p);
            exact = Math.Max(0, result);
            return result >= 0 ? Errno.None : Libc.LastErrno;
        }
    }

    /// <summary>Attaches a classic BPF program that decides what reaches a TAP's reader (TUNATTACHFILTER).</summary>
    /// <param name="descriptor">An attached TAP descriptor; EINVAL on a TUN.</param>
    /// <param name="program">The program, 1 to 4096 instructions.</param>
    public static Errno TryAttachFilter(FileDescriptor descriptor, ReadOnlySpan<BpfInstruction> program)
    {
        fixed (BpfInstruction* p = program)
        {
            Libc.sock_fprog value = new() { len = checked((ushort)program.Length), filter = (Libc.sock_filter*)p };
            return Call(descriptor, Libc.TUNATTACHFILTER, &value);
        }
    }

    /// <summary>Takes the classic BPF program away (TUNDETACHFILTER).</summary>
    /// <param name="descriptor">An attached TAP descriptor.</param>
    public static Errno TryDetachFilter(FileDescriptor descriptor)
    {
        Libc.sock_fprog value = default;
        return Call(descriptor, Libc.TUNDETACHFILTER, &value);
    }

    /// <summary>Chooses the queue of each packet by an eBPF program (TUNSETSTEERINGEBPF).</summary>
    /// <param name="descriptor">An attached descriptor.</param>
    /// <param name="programNumber">A loaded socket-filter program's descriptor number; -1 takes it away.</param>
    public static Errno TrySetSteeringProgram(FileDescriptor descriptor, int programNumber) =>
        Call(descriptor, Libc.TUNSETSTEERINGEBPF, &programNumber);

    /// <summary>Drops packets on their way to the reader by an eBPF program (TUNSETFILTEREBPF).</summary>
    /// <param name="descriptor">An attached descriptor.</param>
    /// <param name="programNumber">A loaded socket-filter program's descriptor number; -1 takes it away.</param>
    public static Errno TrySetFilterProgram(FileDescriptor descriptor, int programNumber) =>
        Call(descriptor, Libc.TUNSETFILTEREBPF, &programNumber);

    /// <summary>The network namespace that the card is in (TUNGETDEVNETNS).</summary>
    /// <param name="descriptor">An attached descriptor.</param>
    /// <param name="result">The namespace, owned by the caller; null when refused.</param>
    /// <returns>EPERM without CAP_NET_ADMIN.</returns>
    public static Errno TryGetNamespace(FileDescriptor descriptor, out NetworkNamespace? result)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        using FileDescriptor.Borrow borrow = new(descriptor);
        int fd = Libc.ioctl(borrow.Number, Libc.TUNGETDEVNETNS, 0);
        Errno errno = fd < 0 ? Libc.LastErrno : Errno.None;
        result = fd < 0 ? null : NetworkNamespace.FromDescriptor(new FileDescriptor(fd), "the card's namespace");
        return errno;
    }

    /// <summary>The network namespace that the card is in (TUNGETDEVNETNS).</summary>
    /// <param name="descriptor">An attached descriptor.</param>
    /// <exception cref="LinuxException">EPERM without CAP_NET_ADMIN.</exception>
    public static NetworkNamespace GetNamespace(FileDescriptor descriptor)
    {
        Errno errno = TryGetNamespace(descriptor, out NetworkNamespace? result);
        return result ?? throw new LinuxException(
            errno, "TUNGETDEVNETNS", "", null, "Only CAP_NET_ADMIN may ask for a card's namespace.");
    }
}
