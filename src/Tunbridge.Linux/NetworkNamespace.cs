// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Runtime.ExceptionServices;
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

/// <summary>A network namespace, held open by a descriptor.</summary>
/// <remarks>
/// Namespaces belong to threads, so none of the caller's threads ever changes its own: <see cref="Run{T}"/> works on a
/// scratch thread that ends afterwards. Descriptors opened there (cards, sockets) work anywhere. Thread-safe.
/// </remarks>
public sealed partial class NetworkNamespace : IDisposable
{
    private const string NamedDirectory = "/run/netns";

    private readonly FileDescriptor _descriptor;

    private NetworkNamespace(FileDescriptor descriptor, string description)
    {
        _descriptor = descriptor;
        Description = description;
    }

    /// <summary>How the namespace was named by whoever opened it, for messages.</summary>
    public string Description { get; }

    /// <summary>The descriptor of the namespace, for netlink attributes (IFLA_NET_NS_FD).</summary>
    public FileDescriptor Descriptor => _descriptor;

    /// <summary>
    /// A number that no other namespace has while this object holds this one open (the inode in nsfs).
    /// </summary>
    /// <exception cref="LinuxException">The kernel refused statx(2).</exception>
    public unsafe ulong Inode
    {
        get
        {
            const int StatxSize = 256;
            const int InodeOffset = 32; // stx_ino
            byte* result = stackalloc byte[StatxSize];
            byte empty = 0;
            using FileDescriptor.Borrow borrow = new(_descriptor);
            if (Libc.statx(borrow.Number, &empty, Libc.AT_EMPTY_PATH, Libc.STATX_BASIC_STATS, result) != 0)
                throw new LinuxException(Libc.LastErrno, "statx", Description);
            return *(ulong*)(result + InodeOffset);
        }
    }

    /// <summary>The namespace of the calling thread.</summary>
    /// <exception cref="LinuxException">/proc is not mounted.</exception>
    public static NetworkNamespace OpenCurrent() => OpenPath("/proc/thread-self/ns/net", "the current namespace");

    /// <summary>A namespace by a name as <c>ip netns</c> gives it.</summary>
    /// <param name="name">The name, a file in /run/netns.</param>
    /// <exception cref="LinuxException">There is none of that name, or it may not be read.</exception>
    public static NetworkNamespace OpenByName(string name)
    {
        ThrowIfBadName(name);
        try
        {
            return OpenPath($"{NamedDirectory}/{name}", name);
        }
        catch (LinuxException e) when (e.Errno == Errno.ENOENT)
        {
            throw new LinuxException(
                e.Errno, "open", $"network namespace {name}", "there is no such namespace",
                $"Make it with `ip netns add {name}`, or give a path or a process id.");
        }
    }

    /// <summary>A namespace by the path of a namespace file, such as /proc/1/ns/net.</summary>
    /// <param name="path">The path.</param>
    /// <exception cref="LinuxException">The path cannot be opened.</exception>
    public static NetworkNamespace OpenByPath(string path) => OpenPath(path, path);

    /// <summary>The namespace that a process is in.</summary>
    /// <param name="processId">The process.</param>
    /// <exception cref="LinuxException">There is no such process, or it may not be looked at.</exception>
    public static NetworkNamespace OpenByProcess(int processId) => OpenPath(
        string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/ns/net"),
        string.Create(CultureInfo.InvariantCulture, $"process {processId}"));

    /// <summary>A namespace by what a person writes: a path (has a slash), a process id (digits) or a name.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="LinuxException">There is no such namespace.</exception>
    public static NetworkNamespace Open(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        if (text.Contains('/'))
            return OpenByPath(text);
        // A name of digits only is legal; it wins when it exists, as `ip netns` would take it.
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int processId) &&
            !File.Exists($"{NamedDirectory}/{text}"))
            return OpenByProcess(processId);
        return OpenByName(text);
    }

    /// <summary>A new namespace without a name, which goes with its last user.</summary>
    /// <exception cref="LinuxException">EPERM without CAP_SYS_ADMIN.</exception>
    public static NetworkNamespace Create() => OnScratchThread(() =>
    {
        if (Libc.unshare(Libc.CLONE_NEWNET) != 0)
        {
            throw new LinuxException(
                Libc.LastErrno, "unshare", "CLONE_NEWNET", null,
                "It needs CAP_SYS_ADMIN: run as root, or inside `unshare -Urn`.");
        }

        return OpenPath("/proc/thread-self/ns/net", "a namespace of its own");
    });

    /// <summary>Runs code inside the namespace, on a thread of its own, and waits for it.</summary>
    /// <param name="action">The code; it must not leave work behind that depends on its thread.</param>
    /// <typeparam name="T">What it gives.</typeparam>
    /// <exception cref="LinuxException">The namespace may not be entered (CAP_SYS_ADMIN).</exception>
    public T Run<T>(Func<T> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        return OnScratchThread(() =>
        {
            Enter();
            return action();
        });
    }

    /// <summary>Runs code inside the namespace, on a thread of its own, and waits for it.</summary>
    /// <param name="action">The code.</param>
    /// <exception cref="LinuxException">The namespace may not be entered (CAP_SYS_ADMIN).</exception>
    public void Run(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        Run(() =>
        {
            action();
            return 0;
        });
    }

    /// <summary>A number that names this namespace until reboot and is never used again (SO_NETNS_COOKIE).</summary>
    /// <exception cref="LinuxException">ENOPROTOOPT before Linux 5.14; EPERM without CAP_SYS_ADMIN, to enter it.</exception>
    public ulong GetCookie() => Run(GetCurrentCookie);

    /// <summary>The same of the calling thread's namespace, which needs no right.</summary>
    /// <exception cref="LinuxException">ENOPROTOOPT before Linux 5.14.</exception>
    public static unsafe ulong GetCurrentCookie()
    {
        Libc.AssertPlatform();
        int fd = Libc.socket(Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
        if (fd < 0)
            throw new LinuxException(Libc.LastErrno, "socket", "AF_UNIX");
        using FileDescriptor socket = new(fd);
        ulong cookie;
        uint length = sizeof(ulong);
        if (Libc.getsockopt(fd, Libc.SOL_SOCKET, Libc.SO_NETNS_COOKIE, &cookie, &length) != 0)
            throw new LinuxException(Libc.LastErrno, "getsockopt", "SO_NETNS_COOKIE");
        return cookie;
    }

    /// <inheritdoc/>
    public void Dispose() => _descriptor.Dispose();

    private static NetworkNamespace OpenPath(string path, string description) =>
        new(
            FileDescriptor.TryOpen(path, OpenMode.Read, out Errno errno) ??
            throw new LinuxException(errno, "open", path, null, errno switch
            {
                Errno.ENOENT => $"There is no {description}, or /proc is not mounted.",
                Errno.EACCES or Errno.EPERM => $"Looking at {description} needs CAP_SYS_PTRACE over its process: run as root.",
                _ => null,
            }),
            description);

    internal static NetworkNamespace FromDescriptor(FileDescriptor descriptor, string description) =>
        new(descriptor, description);

    private void Enter()
    {
        using FileDescriptor.Borrow borrow = new(_descriptor);
        if (Libc.setns(borrow.Number, Libc.CLONE_NEWNET) != 0)
        {
            Errno errno = Libc.LastErrno;
            throw new LinuxException(errno, "setns", Description, null, errno switch
            {
                Errno.EPERM => "Entering a network namespace needs CAP_SYS_ADMIN in it: run as root.",
                Errno.EINVAL => "This is no network namespace: give a name of `ip netns`, /proc/PID/ns/net or a process id.",
                _ => null,
            });
        }
    }

    private static T OnScratchThread<T>(Func<T> action)
    {
        T result = default!;
        ExceptionDispatchInfo? error = null;
        // The runtime's threads are pooled and shared: a namespace may be entered only on a thread that then ends.
        Thread thread = new(() =>
        {
            try
            {
                result = action();
            }
            catch (Exception e)
            {
                // Carried to the caller's thread, whatever it is.
                error = ExceptionDispatchInfo.Capture(e);
            }
        })
        { IsBackground = true, Name = "tunbridge-netns" };
        thread.Start();
        thread.Join();
        error?.Throw();
        return result;
    }
}
