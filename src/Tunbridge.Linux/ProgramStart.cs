// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

/// <summary>What a process changes of itself before it gives way to another program.</summary>
/// <remarks>
/// For a process that does nothing else: it calls these and then <see cref="ProcessIdentity.Replace"/>. All of it
/// survives the exec, in which the runtime's other threads end.
/// </remarks>
public static unsafe partial class ProgramStart
{
    /// <summary>Makes the process the leader of a session, and so of a process group, of its own (setsid(2)).</summary>
    /// <exception cref="LinuxException">EPERM when it leads one already.</exception>
    public static void LeadSession()
    {
        if (Libc.setsid() < 0)
            throw new LinuxException(Libc.LastErrno, "setsid", "");
    }

    /// <summary>Becomes a user, for good (setgroups(2), setresgid(2), setresuid(2)).</summary>
    /// <param name="account">The user.</param>
    /// <exception cref="LinuxException">EPERM without CAP_SETUID and CAP_SETGID.</exception>
    public static void Become(UserAccount account)
    {
        ArgumentNullException.ThrowIfNull(account);
        uint[] groups = [.. account.Groups];
        fixed (uint* list = groups)
        {
            // The user last: without it, nobody may change the others.
            if (Libc.setgroups((nuint)groups.Length, list) != 0)
                throw new LinuxException(Libc.LastErrno, "setgroups", account.Name, null, "It needs CAP_SETGID.");
        }

        if (Libc.setresgid(account.GroupId, account.GroupId, account.GroupId) != 0)
            throw new LinuxException(Libc.LastErrno, "setresgid", account.Name, null, "It needs CAP_SETGID.");
        if (Libc.setresuid(account.UserId, account.UserId, account.UserId) != 0)
            throw new LinuxException(Libc.LastErrno, "setresuid", account.Name, null, "It needs CAP_SETUID.");
    }

    /// <summary>Has the kernel kill this process when the thread that started it ends (PR_SET_PDEATHSIG).</summary>
    /// <remarks>After <see cref="Become(UserAccount)"/>, which would take the wish away.</remarks>
    /// <param name="parent">The process that started it.</param>
    /// <returns>Whether the parent is still there.</returns>
    public static bool DieWith(int parent)
    {
        if (Libc.prctl(Libc.PR_SET_PDEATHSIG, Libc.SIGKILL, 0, 0, 0) != 0)
            throw new LinuxException(Libc.LastErrno, "prctl", "PR_SET_PDEATHSIG");
        // It may have ended before the wish was told.
        return Libc.getppid() == parent;
    }

    /// <summary>Puts /dev/null in the place of standard streams.</summary>
    /// <param name="streams">Their numbers.</param>
    /// <exception cref="LinuxException">It cannot be opened.</exception>
    public static void Silence(params ReadOnlySpan<int> streams)
    {
        using FileDescriptor nothing = FileDescriptor.Open("/dev/null", OpenMode.ReadWrite);
        foreach (int stream in streams)
        {
            if (Libc.dup2(nothing.Number, stream) < 0)
                throw new LinuxException(Libc.LastErrno, "dup2", "/dev/null");
        }
    }

    /// <summary>Leaves no directory busy, and files readable as a shell of root's would make them.</summary>
    public static void Settle()
    {
        const uint OthersMayNotWrite = 0x12; // octal 022
        byte* root = stackalloc byte[2] { (byte)'/', 0 };
        if (Libc.chdir(root) != 0)
            throw new LinuxException(Libc.LastErrno, "chdir", "/");
        _ = Libc.umask(OthersMayNotWrite);
    }
}
