// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

/// <summary>A running process that need not be a child of this one, held by a descriptor (pidfd_open(2)).</summary>
/// <remarks>Its number and the time of its start name it, until reboot: a number alone may be another's by now.</remarks>
public sealed class ProcessHandle : IDisposable
{
    private ProcessHandle(FileDescriptor descriptor, int processId)
    {
        Descriptor = descriptor;
        ProcessId = processId;
    }

    /// <summary>Readable when the process has ended.</summary>
    public FileDescriptor Descriptor { get; }

    /// <summary>Its number.</summary>
    public int ProcessId { get; }

    /// <summary>When a process was started, in clock ticks since boot (proc(5), stat field 22); null when it is gone or a zombie.</summary>
    /// <param name="processId">The process.</param>
    public static long? FindStart(int processId)
    {
        try
        {
            string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
            // The name in parentheses may hold anything.
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : long.Parse(fields[19], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Takes hold of a process; null when it is gone.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="start">When it was started (<see cref="FindStart"/>).</param>
    /// <exception cref="LinuxException">The kernel refused; ENOSYS before Linux 5.3.</exception>
    public static ProcessHandle? TryOpen(int processId, long start)
    {
        Libc.AssertPlatform();
        nint descriptor = Libc.syscall(Libc.SYS_pidfd_open, processId, 0, 0, 0);
        if (descriptor < 0)
        {
            Errno errno = Libc.LastErrno;
            return errno == Errno.ESRCH ? null : throw new LinuxException(errno, "pidfd_open", $"process {processId}");
        }

        ProcessHandle handle = new(new((int)descriptor), processId);
        // After the opening, so that it is the one that is held.
        if (FindStart(processId) == start)
            return handle;
        handle.Dispose();
        return null;
    }

    /// <summary>Asks it to end (SIGTERM).</summary>
    public void Terminate() => Signal(Libc.SIGTERM);

    /// <summary>Sends it SIGUSR2.</summary>
    public void SignalUser2() => Signal(Libc.SIGUSR2);

    /// <summary>Kills it (SIGKILL).</summary>
    public void Kill() => Signal(Libc.SIGKILL);

    /// <summary>Waits for its end.</summary>
    /// <param name="timeout">How long.</param>
    /// <returns>Whether it has ended.</returns>
    public bool WaitForExit(TimeSpan timeout)
    {
        using EventFd never = new();
        return Readiness.WaitReadable(Descriptor, never, null, (int)timeout.TotalMilliseconds) == WaitOutcome.Ready;
    }

    /// <summary>Ends every process of a group with SIGTERM, or with SIGKILL.</summary>
    /// <param name="leader">The number of the group, which is its leader's.</param>
    /// <param name="isForced">Whether it is SIGKILL.</param>
    public static void EndGroup(int leader, bool isForced)
    {
        int signal = isForced ? Libc.SIGKILL : Libc.SIGTERM;
        // Before it has made its group, it is alone; when it has ended, there is nobody to reach.
        if (Libc.kill(-leader, signal) != 0)
            _ = Libc.kill(leader, signal);
    }

    /// <inheritdoc/>
    public void Dispose() => Descriptor.Dispose();

    private void Signal(int signal)
    {
        using FileDescriptor.Borrow borrow = new(Descriptor);
        // ESRCH: it has ended meanwhile, which is as good.
        if (Libc.syscall(Libc.SYS_pidfd_send_signal, borrow.Number, signal, 0, 0) != 0 && Libc.LastErrno is Errno errno and not Errno.ESRCH)
            throw new LinuxException(errno, "pidfd_send_signal", $"process {ProcessId}");
    }
}
