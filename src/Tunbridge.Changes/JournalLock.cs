// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;

namespace Tunbridge.Changes;

/// <summary>The lock of a namespace: one run at a time, and this process once.</summary>
/// <remarks>Thread-safe. Disposing removes its file and lets go of it.</remarks>
internal sealed class JournalLock : IDisposable
{
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMilliseconds(200);

    // Those that this process has or waits for.
    private static readonly HashSet<string> s_own = [];

    private readonly FileLock _held;
    private readonly string _path;

    private JournalLock(FileLock held, string path)
    {
        _held = held;
        _path = path;
    }

    /// <summary>Takes it, after whoever has it.</summary>
    /// <exception cref="InvalidOperationException">This process has it, or waits for it.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled while another process had it.</exception>
    internal static JournalLock Take(string path, Action? waiting, CancellationToken cancellationToken)
    {
        lock (s_own)
        {
            // The kernel takes the second descriptor of a process for another's: it would wait for itself.
            if (!s_own.Add(path))
                throw new InvalidOperationException($"This process is changing the network namespace of {path} already.");
        }

        try
        {
            return new(WaitFor(path, waiting, cancellationToken), path);
        }
        catch
        {
            Forget(path);
            throw;
        }
    }

    public void Dispose()
    {
        using (_held)
            RemoveFile();
        Forget(_path);
    }

    // A request in vain costs a few microseconds; a blocking flock(2) could not be given up.
    private static FileLock WaitFor(string path, Action? waiting, CancellationToken cancellationToken)
    {
        TimeSpan pause = TimeSpan.FromMilliseconds(2);
        bool isTold = false;
        while (true)
        {
            if (FileLock.TryTake(path, wait: false) is FileLock held)
            {
                if (held.IsOn(path))
                    return held;
                held.Dispose();
                continue;
            }

            if (!isTold)
                waiting?.Invoke();
            isTold = true;
            if (cancellationToken.WaitHandle.WaitOne(pause))
                throw new OperationCanceledException(cancellationToken);
            pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause;
        }
    }

    private static void Forget(string path)
    {
        lock (s_own)
            s_own.Remove(path);
    }

    // While it is held: whoever waits for it sees by IsOn that it is another file's.
    private void RemoveFile()
    {
        try
        {
            File.Delete(_path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // One that stays does no harm, and all that was asked for is done.
            return;
        }
    }
}
