// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

/// <summary>What the file system says of a path that should be a device node (statx(2), statfs(2)).</summary>
public sealed record DeviceNode
{
    private const int StatxSize = 256;
    private const int StatfsSize = 120;

    /// <summary>The path.</summary>
    public required string Path { get; init; }

    /// <summary>Whether it is a character device.</summary>
    public required bool IsCharacterDevice { get; init; }

    /// <summary>Whether it is an ordinary file, which opening and reading never waits for.</summary>
    public bool IsRegularFile { get; init; }

    /// <summary>The device's major number.</summary>
    public required uint Major { get; init; }

    /// <summary>The device's minor number.</summary>
    public required uint Minor { get; init; }

    /// <summary>The permission bits, such as octal 0666.</summary>
    public required uint Mode { get; init; }

    /// <summary>The owner.</summary>
    public required uint UserId { get; init; }

    /// <summary>The group.</summary>
    public required uint GroupId { get; init; }

    /// <summary>Whether the file system it lies on is mounted nodev, so that no node on it opens.</summary>
    public required bool IsOnNodevMount { get; init; }

    /// <summary>Looks at a path.</summary>
    /// <param name="path">The path.</param>
    /// <param name="errno">Why there is no answer, ENOENT when there is nothing.</param>
    /// <param name="followLink">Whether a symbolic link at its end is followed; else the link itself is looked at.</param>
    public static unsafe DeviceNode? TryRead(string path, out Errno errno, bool followLink = true)
    {
        ArgumentNullException.ThrowIfNull(path);
        byte* result = stackalloc byte[StatxSize];
        byte* fileSystem = stackalloc byte[StatfsSize];
        new Span<byte>(fileSystem, StatfsSize).Clear();
        fixed (byte* p = CString.Encode(path, stackalloc byte[256]))
        {
            if (Libc.statx(Libc.AT_FDCWD, p, followLink ? 0 : Libc.AT_SYMLINK_NOFOLLOW, Libc.STATX_BASIC_STATS, result) != 0)
            {
                errno = Libc.LastErrno;
                return null;
            }

            // f_flags is the 11th long of struct statfs; without an answer the mount is taken to be ordinary.
            bool nodev = Libc.statfs(p, fileSystem) == 0 && (((long*)fileSystem)[10] & Libc.ST_NODEV) != 0;
            errno = Errno.None;
            // struct statx: stx_uid at 20, stx_gid at 24, stx_mode at 28, stx_rdev_major at 128, minor at 132.
            ushort mode = *(ushort*)(result + 28);
            return new()
            {
                Path = path,
                IsCharacterDevice = (mode & Libc.S_IFMT) == Libc.S_IFCHR,
                IsRegularFile = (mode & Libc.S_IFMT) == Libc.S_IFREG,
                Major = *(uint*)(result + 128),
                Minor = *(uint*)(result + 132),
                Mode = mode & 0xfffu,
                UserId = *(uint*)(result + 20),
                GroupId = *(uint*)(result + 24),
                IsOnNodevMount = nodev,
            };
        }
    }

    /// <summary>Makes a character device node with an exact mode (mknod(2), chmod(2)).</summary>
    /// <param name="path">The path; its directory must exist.</param>
    /// <param name="major">The major number.</param>
    /// <param name="minor">The minor number.</param>
    /// <param name="mode">The permission bits.</param>
    /// <exception cref="LinuxException">EPERM without CAP_MKNOD; EEXIST when the path is taken.</exception>
    public static unsafe void Create(string path, uint major, uint minor, uint mode)
    {
        ArgumentNullException.ThrowIfNull(path);
        // glibc's makedev: minor low byte, major 12 bits, then the high parts.
        ulong device = (minor & 0xff) | ((major & 0xfffUL) << 8) | ((minor & ~0xffUL) << 12) | ((major & ~0xfffUL) << 32);
        fixed (byte* p = CString.Encode(path, stackalloc byte[256]))
        {
            if (Libc.mknod(p, Libc.S_IFCHR | mode, device) != 0)
                throw new LinuxException(Libc.LastErrno, "mknod", path, null, "Making a node needs root and CAP_MKNOD.");
            // The umask has cut the mode.
            if (Libc.chmod(p, mode) != 0)
                throw new LinuxException(Libc.LastErrno, "chmod", path);
        }
    }
}
