// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Linux;

public static unsafe partial class TunControl
{
    /// <summary>
    /// Opens the clone device, non-blocking; the card will be made in this thread's network namespace.
    /// </summary>
    /// <param name="path">The node, usually <see cref="ClonePath"/>.</param>
    /// <exception cref="LinuxException">It cannot be opened; the hint says why and what mends it.</exception>
    public static FileDescriptor Open(string path = ClonePath) =>
        FileDescriptor.TryOpen(path, OpenMode.ReadWrite | OpenMode.NonBlocking, out Errno errno) ??
        throw new LinuxException(errno, "open", path, null, OpenHint(errno, path));

    private static string? OpenHint(Errno errno, string path) => errno switch
    {
        Errno.ENOENT =>
            $"The node is missing: `modprobe tun`, or `mkdir -p /dev/net && mknod {path} c 10 200 && chmod 0666 {path}`; " +
            "in a container, start it with `--device /dev/net/tun --cap-add NET_ADMIN`.",
        Errno.ENODEV =>
            "The node is there but the kernel has no driver for it: `modprobe tun`; after a kernel upgrade, reboot.",
        Errno.ENXIO => "The node has the wrong numbers: it must be a character device 10:200.",
        Errno.EACCES =>
            "This user may not open the node: the usual mode is 0666 (udev's rule); a /dev mounted nodev refuses too.",
        Errno.EPERM =>
            "A device cgroup refuses it: start the container with `--device /dev/net/tun`, " +
            "or give the systemd unit `DeviceAllow=/dev/net/tun rw`.",
        Errno.EMFILE or Errno.ENFILE => "No descriptor left: raise `ulimit -n`.",
        _ => null,
    };
}
