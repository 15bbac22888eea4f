// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

/// <summary>The classic interface ioctls (netdevice(7)), for programs that must fail as the old tools do.</summary>
/// <remarks>
/// Everything else configures cards over netlink. A control belongs to the network namespace of the thread that
/// opened it. Methods give the kernel's error number. Names are cut at 15 bytes, as the kernel cuts them.
/// </remarks>
public sealed unsafe class InterfaceControl : IDisposable
{
    private readonly FileDescriptor _descriptor;

    private InterfaceControl(FileDescriptor descriptor) => _descriptor = descriptor;

    /// <summary>Opens a datagram socket to put the questions through.</summary>
    /// <param name="ipv6">Whether it is an IPv6 socket, which the IPv6 address ioctls want.</param>
    /// <param name="errno">Why there is none.</param>
    public static InterfaceControl? TryOpen(bool ipv6, out Errno errno)
    {
        Libc.AssertPlatform();
        int fd = Libc.socket(ipv6 ? Libc.AF_INET6 : Libc.AF_INET, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
        errno = fd >= 0 ? Errno.None : Libc.LastErrno;
        return fd >= 0 ? new InterfaceControl(new FileDescriptor(fd)) : null;
    }

    /// <summary>Puts a request whose answer or argument is the 24-byte union of struct ifreq.</summary>
    /// <param name="request">The request number, SIOCGIF* or SIOCSIF*.</param>
    /// <param name="name">The interface, with or without a label (<c>tap0:1</c>).</param>
    /// <param name="union">The argument, and on success the answer; at most 24 bytes.</param>
    public Errno Request(uint request, string name, Span<byte> union)
    {
        Libc.ifreq value = default;
        Span<byte> utf8 = CString.Encode(name, stackalloc byte[64]);
        utf8[..Math.Min(utf8.Length - 1, TunControl.MaximumNameLength)].CopyTo(value.ifr_name);
        Span<byte> bytes = MemoryMarshal.AsBytes(new Span<Libc.ifreq>(ref value));
        union.CopyTo(bytes[Libc.IFNAMSIZ..]);
        using FileDescriptor.Borrow borrow = new(_descriptor);
        fixed (byte* p = bytes)
        {
            if (Libc.ioctl_ptr(borrow.Number, request, p) < 0)
                return Libc.LastErrno;
        }

        bytes.Slice(Libc.IFNAMSIZ, union.Length).CopyTo(union);
        return Errno.None;
    }

    /// <summary>Puts a request whose argument is any other structure, such as struct in6_ifreq.</summary>
    /// <param name="request">The request number.</param>
    /// <param name="structure">The structure, read and written.</param>
    public Errno RequestStructure(uint request, Span<byte> structure)
    {
        using FileDescriptor.Borrow borrow = new(_descriptor);
        fixed (byte* p = structure)
            return Libc.ioctl_ptr(borrow.Number, request, p) < 0 ? Libc.LastErrno : Errno.None;
    }

    /// <summary>The interface's IFF_* flags, the low 16 bits (SIOCGIFFLAGS).</summary>
    /// <param name="name">The interface.</param>
    /// <param name="flags">The flags.</param>
    public Errno GetFlags(string name, out ushort flags)
    {
        Span<byte> union = stackalloc byte[24];
        union.Clear();
        Errno errno = Request(SIOCGIFFLAGS, name, union);
        flags = MemoryMarshal.Read<ushort>(union);
        return errno;
    }

    /// <inheritdoc/>
    public void Dispose() => _descriptor.Dispose();

    private const uint SIOCGIFFLAGS = 0x8913;
}
