// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

public static unsafe partial class ProgramStart
{
    private const uint CapabilityVersion3 = 0x20080522;
    private const int LastCapability = 63;

    /// <summary>
    /// Becomes a user or a group, for good, and keeps a few capabilities, also over the exec that has to come next
    /// (PR_SET_KEEPCAPS, capset(2), PR_CAP_AMBIENT).
    /// </summary>
    /// <remarks>Only the calling thread keeps them, so it is this thread that has to call <see cref="ProcessIdentity.Replace"/>.</remarks>
    /// <param name="user">The user's number; null leaves the user.</param>
    /// <param name="group">The group's number; null leaves the group.</param>
    /// <param name="kept">What stays permitted, in effect, and inherited by every program that is started.</param>
    /// <exception cref="LinuxException">The kernel refused; the process is half changed and fit only to end.</exception>
    public static void Become(uint? user, uint? group, params ReadOnlySpan<Capability> kept)
    {
        Check(Libc.prctl(Libc.PR_SET_KEEPCAPS, 1, 0, 0, 0), "prctl", "PR_SET_KEEPCAPS");
        if (group is uint groupId)
        {
            Check(Libc.setgroups(1, &groupId), "setgroups", $"group {groupId}");
            Check(Libc.setresgid(groupId, groupId, groupId), "setresgid", $"group {groupId}");
        }

        if (user is uint userId)
        {
            // Who becomes somebody else without a word on groups must not stay in root's.
            if (group is null)
                Check(Libc.setgroups(0, null), "setgroups", "");
            Check(Libc.setresuid(userId, userId, userId), "setresuid", $"user {userId}");
        }

        uint* header = stackalloc uint[2] { CapabilityVersion3, 0 };
        // struct __user_cap_data_struct[2]: effective, permitted, inheritable, for bits 0-31 and 32-63.
        uint* data = stackalloc uint[6];
        new Span<uint>(data, 6).Clear();
        foreach (Capability capability in kept)
        {
            uint bit = 1u << ((int)capability % 32);
            int half = (int)capability / 32 * 3;
            data[half] |= bit;
            data[half + 1] |= bit;
            data[half + 2] |= bit;
        }

        Check(Libc.capset(header, data), "capset", "");
        foreach (Capability capability in kept)
        {
            Check(
                Libc.prctl(Libc.PR_CAP_AMBIENT, Libc.PR_CAP_AMBIENT_RAISE, (nuint)capability, 0, 0), "prctl", $"PR_CAP_AMBIENT {capability}");
        }
    }

    /// <summary>Gives up, for this thread and what it becomes by exec, every capability but a few, also as root (PR_CAPBSET_DROP).</summary>
    /// <param name="kept">What may stay.</param>
    /// <exception cref="LinuxException">EPERM without CAP_SETPCAP.</exception>
    public static void Confine(params ReadOnlySpan<Capability> kept)
    {
        for (int number = 0; number <= LastCapability; number++)
        {
            // EINVAL: this kernel knows fewer.
            if (!kept.Contains((Capability)number) && Libc.prctl(Libc.PR_CAPBSET_DROP, (nuint)number, 0, 0, 0) != 0 &&
                Libc.LastErrno is Errno errno and not Errno.EINVAL)
                throw new LinuxException(errno, "prctl", "PR_CAPBSET_DROP", null, "It needs CAP_SETPCAP.");
        }
    }

    /// <summary>How many processes and threads the real user may have (RLIMIT_NPROC); null for no limit.</summary>
    public static ulong? ProcessLimit
    {
        get
        {
            ulong* limits = stackalloc ulong[2];    // struct rlimit: rlim_cur, rlim_max
            return Libc.getrlimit(Libc.RLIMIT_NPROC, limits) == 0 && limits[0] != ulong.MaxValue ? limits[0] : null;
        }
    }

    /// <summary>Changes how the scheduler prefers this process (setpriority(2)), as nice(1) does.</summary>
    /// <param name="niceness">−20 to 19.</param>
    /// <exception cref="LinuxException">EACCES without the privilege to be preferred.</exception>
    public static void SetNiceness(int niceness) => Check(Libc.setpriority(0, 0, niceness), "setpriority", $"{niceness}");

    /// <summary>Puts an open file in the place of standard streams, which outlive an exec.</summary>
    /// <param name="file">The file; stays the caller's.</param>
    /// <param name="streams">Their numbers.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static void Redirect(FileDescriptor file, params ReadOnlySpan<int> streams)
    {
        ArgumentNullException.ThrowIfNull(file);
        using FileDescriptor.Borrow borrow = new(file);
        foreach (int stream in streams)
            Check(Libc.dup2(borrow.Number, stream) < 0 ? -1 : 0, "dup2", $"stream {stream}");
    }

    private static void Check(int result, string operation, string detail)
    {
        if (result != 0)
            throw new LinuxException(Libc.LastErrno, operation, detail);
    }
}
