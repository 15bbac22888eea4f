// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

/// <summary>The ioctls of the TUN/TAP driver, one method each (linux/if_tun.h).</summary>
/// <remarks>
/// Methods that start with Try give the kernel's error number; the others throw <see cref="LinuxException"/> with the
/// ioctl's name, the card and, where the cause is plain, the remedy. Thread-safe as far as the kernel is.
/// </remarks>
public static unsafe partial class TunControl
{
    /// <summary>The driver's usual node.</summary>
    public const string ClonePath = "/dev/net/tun";

    /// <summary>The longest name of a card, in bytes.</summary>
    public const int MaximumNameLength = Libc.IFNAMSIZ - 1;

    /// <summary>The least MTU of a card, in bytes.</summary>
    public const int MinimumMtu = 68;

    /// <summary>The greatest MTU of a TAP, in bytes: 65535 less its Ethernet header.</summary>
    public const int MaximumTapMtu = 65521;

    /// <summary>The greatest MTU of a TUN, in bytes.</summary>
    public const int MaximumTunMtu = 65535;

    /// <summary>The flags, of those that TUNSETIFF takes, that this kernel knows (TUNGETFEATURES).</summary>
    /// <param name="descriptor">An open clone device, attached or not.</param>
    public static TunFlags GetFeatures(FileDescriptor descriptor)
    {
        uint features = 0;
        ThrowIfFailed(Call(descriptor, Libc.TUNGETFEATURES, &features), "TUNGETFEATURES", "");
        return (TunFlags)features;
    }

    /// <summary>Creates a card, or attaches to it (TUNSETIFF).</summary>
    /// <param name="descriptor">An open clone device that is not attached.</param>
    /// <param name="name">The name, a template such as <c>tap%d</c>, or empty for the kernel's choice.</param>
    /// <param name="flags">The kind and the wishes.</param>
    /// <param name="attached">The name the card has, on success.</param>
    public static Errno TrySetInterface(FileDescriptor descriptor, string name, TunFlags flags, out string attached)
    {
        Libc.ifreq request = NamedRequest(name);
        request.ifr_flags = (short)flags;
        Errno errno = Call(descriptor, Libc.TUNSETIFF, &request);
        attached = errno == Errno.None ? CString.Decode(request.ifr_name) : "";
        return errno;
    }

    /// <summary>The card a descriptor is attached to (TUNGETIFF).</summary>
    /// <param name="descriptor">An attached descriptor.</param>
    /// <param name="errno">EBADFD when it is not attached, or its card is gone.</param>
    public static TunInterface TryGetInterface(FileDescriptor descriptor, out Errno errno)
    {
        Libc.ifreq request = default;
        errno = Call(descriptor, Libc.TUNGETIFF, &request);
        return new() { Name = CString.Decode(request.ifr_name), Flags = (TunFlags)request.ifr_flags };
    }

    /// <summary>The card a descriptor is attached to (TUNGETIFF).</summary>
    /// <param name="descriptor">An attached descriptor.</param>
    /// <exception cref="LinuxException">EBADFD: not attached, or its card is gone.</exception>
    public static TunInterface GetInterface(FileDescriptor descriptor)
    {
        TunInterface result = TryGetInterface(descriptor, out Errno errno);
        ThrowIfFailed(errno, "TUNGETIFF", "");
        return result;
    }

    /// <summary>Keeps the card when its last descriptor closes, or not (TUNSETPERSIST).</summary>
    /// <param name="descriptor">An attached descriptor.</param>
    /// <param name="persistent">Whether it stays.</param>
    public static Errno TrySetPersistent(FileDescriptor descriptor, bool persistent) =>
        Call(descriptor, Libc.TUNSETPERSIST, persistent ? 1 : 0);

    /// <summary>Lets a user without privilege attach (TUNSETOWNER).</summary>
    /// <param name="descriptor">An attached descriptor.</param>
    /// <param name="userId">The user.</param>
    public static Errno TrySetOwner(FileDescriptor descriptor, uint userId) =>
        Call(descriptor, Libc.TUNSETOWNER, (nint)userId);

    /// <summary>Lets a group without privilege attach (TUNSETGROUP).</summary>
    /// <param name="descriptor">An attached descriptor.</param>
    /// <param name="groupId">The group.</param>
    public static Errno TrySetGroup(FileDescriptor descriptor, uint groupId) =>
        Call(descriptor, Libc.TUNSETGROUP, (nint)groupId);

    /// <summary>Sets the ARPHRD type of a card that is down (TUNSETLINK).</summary>
    /// <param name="descriptor">An attached descriptor.</param>
    /// <param name="linkType">The type, 1 for Ethernet, 65534 for none.</param>
    public static Errno TrySetLinkType(FileDescriptor descriptor, ushort linkType) =>
        Call(descriptor, Libc.TUNSETLINK, linkType);

    /// <summary>Sets the offload mask (TUNSETOFFLOAD); it outlives the descriptor on a persistent card.</summary>
    /// <param name="descriptor">An attached descriptor.</param>
    /// <param name="offload">What the reader takes unfinished.</param>
    public static Errno TrySetOffload(FileDescriptor descriptor, TunOffload offload) =>
        Call(descriptor, Libc.TUNSETOFFLOAD, (nint)(int)offload);

    /// <summary>Asks for an index before the card is created (TUNSETIFINDEX).</summary>
    /// <param name="descriptor">A descriptor that is not attached.</param>
    /// <param name="index">The wanted index; a used one makes TUNSETIFF fail with EBUSY.</param>
    public static Errno TrySetInterfaceIndex(FileDescriptor descriptor, int index) =>
        Call(descriptor, Libc.TUNSETIFINDEX, &index);

    /// <summary>Attaches or detaches a queue of a multi-queue card (TUNSETQUEUE).</summary>
    /// <param name="descriptor">A queue's descriptor.</param>
    /// <param name="attach">Which.</param>
    public static Errno TrySetQueue(FileDescriptor descriptor, bool attach)
    {
        Libc.ifreq request = default;
        request.ifr_flags = (short)(attach ? TunFlags.AttachQueue : TunFlags.DetachQueue);
        return Call(descriptor, Libc.TUNSETQUEUE, &request);
    }

    /// <summary>The send buffer, in bytes (TUNGETSNDBUF).</summary>
    /// <param name="descriptor">An attached descriptor.</param>
    /// <param name="bytes">Its size.</param>
    public static Errno TryGetSendBuffer(FileDescriptor descriptor, out int bytes)
    {
        int value = 0;
        Errno errno = Call(descriptor, Libc.TUNGETSNDBUF, &value);
        bytes = value;
        return errno;
    }

    /// <summary>Limits what written packets may occupy in the kernel at once (TUNSETSNDBUF).</summary>
    /// <param name="descriptor">An attached descriptor.</param>
    /// <param name="bytes">The limit; 0 and less are refused.</param>
    public static Errno TrySetSendBuffer(FileDescriptor descriptor, int bytes) =>
        Call(descriptor, Libc.TUNSETSNDBUF, &bytes);

    /// <summary>The size of the virtio header (TUNGETVNETHDRSZ).</summary>
    /// <param name="descriptor">An attached descriptor.</param>
    /// <param name="bytes">The size.</param>
    public static Errno TryGetVirtioHeaderSize(FileDescriptor descriptor, out int bytes)
    {
        int value = 0;
        Errno errno = Call(descriptor, Libc.TUNGETVNETHDRSZ, &value);
        bytes = value;
        return errno;
    }

    /// <summary>Sets the size of the virtio header (TUNSETVNETHDRSZ), which outlives the descriptor.</summary>
    /// <param name="descriptor">An attached descriptor.</param>
    /// <param name="bytes">10, 12, 20 or 24; less than 10 is refused.</param>
    public static Errno TrySetVirtioHeaderSize(FileDescriptor descriptor, int bytes) =>
        Call(descriptor, Libc.TUNSETVNETHDRSZ, &bytes);

    /// <summary>
    /// Makes virtio headers little-endian whatever the machine is, or the machine's own (TUNSETVNETLE).
    /// </summary>
    /// <param name="descriptor">An attached descriptor.</param>
    /// <param name="littleEndian">Which.</param>
    public static Errno TrySetVirtioLittleEndian(FileDescriptor descriptor, bool littleEndian)
    {
        int value = littleEndian ? 1 : 0;
        return Call(descriptor, Libc.TUNSETVNETLE, &value);
    }

    /// <summary>Whether virtio headers are little-endian by request (TUNGETVNETLE).</summary>
    /// <param name="descriptor">An attached descriptor.</param>
    /// <param name="littleEndian">The answer.</param>
    public static Errno TryGetVirtioLittleEndian(FileDescriptor descriptor, out bool littleEndian)
    {
        int value = 0;
        Errno errno = Call(descriptor, Libc.TUNGETVNETLE, &value);
        littleEndian = value != 0;
        return errno;
    }

    /// <summary>Makes virtio headers big-endian (TUNSETVNETBE); EINVAL where the kernel was built without it.</summary>
    /// <param name="descriptor">An attached descriptor.</param>
    /// <param name="bigEndian">Which.</param>
    public static Errno TrySetVirtioBigEndian(FileDescriptor descriptor, bool bigEndian)
    {
        int value = bigEndian ? 1 : 0;
        return Call(descriptor, Libc.TUNSETVNETBE, &value);
    }

    /// <summary>Whether virtio headers are big-endian (TUNGETVNETBE).</summary>
    /// <param name="descriptor">An attached descriptor.</param>
    /// <param name="bigEndian">The answer.</param>
    public static Errno TryGetVirtioBigEndian(FileDescriptor descriptor, out bool bigEndian)
    {
        int value = 0;
        Errno errno = Call(descriptor, Libc.TUNGETVNETBE, &value);
        bigEndian = value != 0;
        return errno;
    }

    /// <summary>Turns the card's carrier on or off (TUNSETCARRIER); EPERM while no queue is attached.</summary>
    /// <param name="descriptor">An attached descriptor.</param>
    /// <param name="on">Which.</param>
    public static Errno TrySetCarrier(FileDescriptor descriptor, bool on)
    {
        int value = on ? 1 : 0;
        return Call(descriptor, Libc.TUNSETCARRIER, &value);
    }

    /// <summary>Accepted and without effect since Linux 2.6.27 (TUNSETNOCSUM).</summary>
    /// <param name="descriptor">An attached descriptor.</param>
    /// <param name="on">Which.</param>
    public static Errno TrySetNoChecksum(FileDescriptor descriptor, bool on) =>
        Call(descriptor, Libc.TUNSETNOCSUM, on ? 1 : 0);

    /// <summary>Sets the driver's message level (TUNSETDEBUG).</summary>
    /// <param name="descriptor">An attached descriptor.</param>
    /// <param name="level">The level.</param>
    public static Errno TrySetDebug(FileDescriptor descriptor, int level) => Call(descriptor, Libc.TUNSETDEBUG, level);

    /// <summary>Puts any ioctl to the driver, for tests of what it refuses.</summary>
    /// <param name="descriptor">The descriptor.</param>
    /// <param name="request">The request number.</param>
    /// <param name="argument">A plain number as argument.</param>
    internal static Errno TryRaw(FileDescriptor descriptor, nuint request, nint argument) =>
        Call(descriptor, request, argument);

    internal static void ThrowIfFailed(Errno errno, string operation, string target)
    {
        if (errno != Errno.None)
            throw new LinuxException(errno, operation, target);
    }

    private static Libc.ifreq NamedRequest(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Libc.ifreq request = default;
        Span<byte> utf8 = CString.Encode(name, stackalloc byte[64]);
        // The kernel cuts at 15 bytes; so do we, and leave judging the name to the layers above.
        utf8[..Math.Min(utf8.Length - 1, MaximumNameLength)].CopyTo(request.ifr_name);
        return request;
    }

    private static Errno Call(FileDescriptor descriptor, nuint request, nint argument)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        using FileDescriptor.Borrow borrow = new(descriptor);
        return Libc.ioctl(borrow.Number, request, argument) >= 0 ? Errno.None : Libc.LastErrno;
    }

    private static Errno Call(FileDescriptor descriptor, nuint request, void* argument)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        using FileDescriptor.Borrow borrow = new(descriptor);
        return Libc.ioctl_ptr(borrow.Number, request, argument) >= 0 ? Errno.None : Libc.LastErrno;
    }
}
