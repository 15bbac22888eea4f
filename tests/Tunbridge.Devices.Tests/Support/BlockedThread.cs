// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using Tunbridge.Testing;

namespace Tunbridge.Devices.Tests;

/// <summary>
/// Runs a call on a thread of its own and can tell when it sleeps in the kernel, so that no test needs a pause.
/// </summary>
internal sealed class BlockedThread
{
    private static readonly TimeSpan s_patience = Generous.Patience;

    // read, poll, ppoll on x64; read, ppoll on arm64 (asm/unistd.h).
    private static readonly HashSet<string> s_waits = ["0", "7", "271", "63", "73"];

    private readonly Thread _thread;
    private readonly TaskCompletionSource<int> _id = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal BlockedThread(Action call)
    {
        _thread = new Thread(() =>
        {
            _id.SetResult(Libc.gettid());
            Error = Record.Exception(call);
        })
        { IsBackground = true };
        _thread.Start();
    }

    /// <summary>What the call threw, after <see cref="Join"/>.</summary>
    internal Exception? Error { get; private set; }

    internal void WaitUntilBlocked()
    {
        string id = _id.Task.GetAwaiter().GetResult().ToString(CultureInfo.InvariantCulture);
        long start = Stopwatch.GetTimestamp();
        while (!IsBlocked(id))
        {
            Assert.True(_thread.IsAlive, $"the call returned: {Error}");
            Assert.True(Stopwatch.GetElapsedTime(start) < s_patience, "the call never slept in the kernel");
            Thread.Yield();
        }
    }

    internal Exception? Join()
    {
        Assert.True(_thread.Join(s_patience), "the call did not return");
        return Error;
    }

    // "NUMBER ARGUMENTS…" while the thread sleeps in a system call, "running" otherwise.
    private static bool IsBlocked(string id)
    {
        try
        {
            return s_waits.Contains(File.ReadAllText($"/proc/self/task/{id}/syscall").Split(' ', 2)[0]);
        }
        catch (IOException)
        {
            return false; // the thread has ended, which the caller finds out
        }
    }
}
