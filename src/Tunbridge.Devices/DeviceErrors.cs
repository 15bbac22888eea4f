// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;

namespace Tunbridge.Devices;

/// <summary>
/// Cause and remedy for each refusal of the driver that is plain from the operation and the error alone.
/// </summary>
internal static class DeviceErrors
{
    private const string Gone = "The card was deleted while it was open: create it again and open it anew.";

    internal static LinuxException Refused(Errno errno, string operation, string card) =>
        LinuxException.Create(errno, operation, card, null, Hint(errno, operation, card));

    internal static void ThrowIfRefused(Errno errno, string operation, string card)
    {
        if (errno != Errno.None)
            throw Refused(errno, operation, card);
    }

    // One table, ordered by operation; the errors of TUNSETIFF need a look at the card: AttachDiagnosis.
    private static string? Hint(Errno errno, string operation, string card) => (operation, errno) switch
    {
        (_, Errno.EBADFD) => Gone,
        ("read", Errno.EFAULT) => Gone,
        ("write", Errno.EINVAL) =>
            "The kernel takes IPv4 and IPv6 packets on a TUN, frames of 14 bytes and more on a TAP, and with a virtio " +
            "header only a description that fits the packet: check the first byte, the length and GsoInfo.",
        ("write", Errno.EIO) =>
            $"The card is down: bring it up with `ip link set {card} up` or Configure(link => link.Up()).",
        ("write", Errno.EAGAIN or Errno.ENOBUFS or Errno.ENOMEM) =>
            "The kernel has no room just now: drop the packet, or raise the send buffer (TUNSETSNDBUF).",
        ("TUNSETQUEUE detach", Errno.EINVAL) => "The card has a single queue, or this queue is detached already.",
        ("TUNSETQUEUE attach", Errno.EINVAL) => "The queue is not detached, or its card was deleted.",
        ("TUNSETQUEUE attach", Errno.EPERM) => "Attaching a queue needs the card's owner or CAP_NET_ADMIN.",
        ("TUNSETOFFLOAD", Errno.EINVAL) =>
            "TCP and UDP offloads go with Checksum, UDP over IPv4 only together with IPv6; " +
            "older kernels know fewer bits.",
        ("TUNSETVNETHDRSZ", Errno.EINVAL) => "A virtio header has 10 bytes or more: 10, 12, 20 or 24.",
        ("TUNSETSNDBUF", Errno.EINVAL) => "A send buffer has 1 byte or more.",
        ("TUNSETVNETBE" or "TUNGETVNETBE", Errno.EINVAL) =>
            "This kernel was built without big-endian virtio headers (TUN_VNET_CROSS_LE): use little-endian ones.",
        ("TUNSETLINK", Errno.EBUSY) =>
            $"The type changes only while the card is down: `ip link set {card} down` first.",
        ("TUNSETTXFILTER" or "TUNATTACHFILTER" or "TUNDETACHFILTER", Errno.EINVAL) =>
            "Frames are filtered on a TAP only; a TUN filters with an eBPF program (TUNSETFILTEREBPF).",
        ("TUNSETSTEERINGEBPF" or "TUNSETFILTEREBPF", Errno.EBADF) =>
            "The program's descriptor is not open: load it again.",
        ("TUNSETSTEERINGEBPF" or "TUNSETFILTEREBPF", Errno.EINVAL) =>
            "The descriptor is no eBPF program of the socket-filter type: load it with BpfProgram.LoadSocketFilter.",
        ("TUNSETCARRIER", Errno.EPERM) => "The carrier changes only while a queue is attached: attach one first.",
        ("TUNSETOWNER" or "TUNSETGROUP", Errno.EINVAL) =>
            "The number has no meaning in this user namespace; -1 is no user or group.",
        ("TUNSETIFINDEX", Errno.EPERM) =>
            "An index is chosen before the card is created; this descriptor is attached already.",
        ("TUNSETIFINDEX", Errno.EINVAL) => "An index is 1 or more.",
        ("TUNGETDEVNETNS", Errno.EPERM) => "Asking for a card's namespace needs CAP_NET_ADMIN: run as root.",
        _ => null,
    };
}
