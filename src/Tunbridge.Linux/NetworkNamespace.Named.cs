// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

public sealed partial class NetworkNamespace
{
    // Its lock is taken through a descriptor, which user namespaces need a right for.
    private const uint OwnerReads = 0x100;

    /// <summary>The names that <c>ip netns</c> shows, sorted.</summary>
    public static IReadOnlyList<string> ListNames() => Directory.Exists(NamedDirectory)
        ? [.. Directory.EnumerateFiles(NamedDirectory).Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>Makes a namespace with a name that <c>ip netns</c> knows too (a bind mount in /run/netns).</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="LinuxException">EEXIST when the name is taken; EPERM without CAP_SYS_ADMIN.</exception>
    public static NetworkNamespace CreateNamed(string name)
    {
        ThrowIfBadName(name);
        PrepareDirectory();
        string path = $"{NamedDirectory}/{name}";
        using FileLock creation = TakeMountPoint(path, name);
        try
        {
            return OnScratchThread(() =>
            {
                if (Libc.unshare(Libc.CLONE_NEWNET) != 0)
                    throw new LinuxException(Libc.LastErrno, "unshare", "CLONE_NEWNET");
                Mount("/proc/thread-self/ns/net", path, Libc.MS_BIND);
                return OpenPath(path, name);
            });
        }
        catch
        {
            RemoveMountPoint(path);
            throw;
        }
    }

    /// <summary>Takes a name away; the namespace goes when its last user ends.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="LinuxException">There is none of that name, or it may not be removed.</exception>
    public static unsafe void DeleteNamed(string name)
    {
        ThrowIfBadName(name);
        string path = $"{NamedDirectory}/{name}";
        fixed (byte* p = CString.Encode(path, stackalloc byte[512]))
        {
            // EINVAL: nothing is mounted there, as after a creation that was cut short.
            if (Libc.umount2(p, Libc.MNT_DETACH) != 0 && Libc.LastErrno is Errno errno and not Errno.EINVAL)
                throw new LinuxException(errno, "umount", path);
            if (Libc.unlink(p) != 0)
                throw new LinuxException(Libc.LastErrno, "unlink", path);
        }
    }

    // On the way out of a failure, whose error is the one to report.
    private static unsafe void RemoveMountPoint(string path)
    {
        fixed (byte* p = CString.Encode(path, stackalloc byte[512]))
        {
            _ = Libc.umount2(p, Libc.MNT_DETACH);
            _ = Libc.unlink(p);
        }
    }

    private static void PrepareDirectory()
    {
        Directory.CreateDirectory(NamedDirectory);
        // `ip netns` makes the directory a shared mount, so that names made later reach older mount namespaces.
        if (IsMountPoint(NamedDirectory))
            return;
        Mount(NamedDirectory, NamedDirectory, Libc.MS_BIND | Libc.MS_REC);
        Mount("none", NamedDirectory, Libc.MS_SHARED | Libc.MS_REC);
    }

    private static bool IsMountPoint(string path)
    {
        foreach (string line in File.ReadLines("/proc/self/mountinfo"))
        {
            // 5th field: the mount point (proc(5)).
            string[] fields = line.Split(' ', 6);
            if (fields.Length > 5 && fields[4] == path)
                return true;
        }

        return false;
    }

    /// <summary>
    /// Makes the file that the namespace is mounted on, or takes over one that a killed creation left: whoever creates
    /// holds its lock until it is mounted, so an empty file without one that nobody holds belongs to nobody.
    /// </summary>
    private static FileLock TakeMountPoint(string path, string name)
    {
        CreateMountPoint(path, name);
        FileLock held = FileLock.TryTake(path, wait: true)!;
        if (!IsMountPoint(path) && new FileInfo(path).Length == 0)
            return held;
        held.Dispose();
        throw new LinuxException(Errno.EEXIST, "create", $"network namespace {name}", "the name is taken");
    }

    private static unsafe void CreateMountPoint(string path, string name)
    {
        fixed (byte* p = CString.Encode(path, stackalloc byte[512]))
        {
            int fd = Libc.open(p, Libc.O_RDONLY | Libc.O_CREAT | Libc.O_CLOEXEC, OwnerReads);
            if (fd < 0)
                throw new LinuxException(Libc.LastErrno, "create", $"network namespace {name}");
            _ = Libc.close(fd);
        }
    }

    private static unsafe void Mount(string source, string target, nuint flags)
    {
        fixed (byte* s = CString.Encode(source, stackalloc byte[512]))
        fixed (byte* t = CString.Encode(target, stackalloc byte[512]))
        {
            if (Libc.mount(s, t, null, flags, null) != 0)
                throw new LinuxException(Libc.LastErrno, "mount", target);
        }
    }

    private static void ThrowIfBadName(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Contains('/') || name is "." or ".." || name.Length > 255)
            throw new ArgumentException($"'{name}' is no name of a network namespace: no slash, not . or ..", nameof(name));
    }
}
