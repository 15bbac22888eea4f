// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text;
using Tunbridge.Linux;

namespace Tunbridge.Programs;

/// <summary>Starts programs from the calling thread, whose network namespace they inherit.</summary>
internal static class ProgramRun
{
    /// <summary>Where a framework that is not where it is looked for is.</summary>
    private static readonly string[] s_ownVariables = ["DOTNET_ROOT", "DOTNET_ROOT_X64", "DOTNET_ROOT_ARM64"];

    // What one program may say.
    private const int MostCharacters = 64 * 1024, MostInALine = 1024;

    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(2);

    // What was said before the end is in the pipe by then.
    private static readonly TimeSpan s_lastWords = TimeSpan.FromMilliseconds(500);

    /// <summary>This program's own path.</summary>
    internal static string OwnPath => Environment.ProcessPath is string path && Path.GetFileName(path) != "dotnet"
        ? path
        : Path.Combine(AppContext.BaseDirectory, "tunbridge");

    /// <summary>What this program needs of its environment when another program starts it.</summary>
    internal static IEnumerable<KeyValuePair<string, string>> OwnEnvironment => s_ownVariables
        .Select(name => KeyValuePair.Create(name, Environment.GetEnvironmentVariable(name) ?? "")).Where(v => v.Value.Length > 0);

    /// <summary>Runs a program to its end, in a session of its own; it ends when the calling thread does.</summary>
    /// <param name="request">The program.</param>
    /// <param name="timeout">How long it may take; then its whole group is ended.</param>
    /// <param name="say">Gets each line that it prints, as it does.</param>
    /// <param name="interrupted">Has it ended as if its time were over.</param>
    /// <returns>The exit code, 128 and the signal for one that was killed; null when it took too long.</returns>
    /// <exception cref="OperationCanceledException">It was interrupted, and is ended.</exception>
    internal static int? ToEnd(LaunchRequest request, TimeSpan timeout, Action<string> say, CancellationToken interrupted = default)
    {
        using Process process = Start(request with { Parent = Environment.ProcessId }, redirected: true);
        Lines lines = new(say);
        Task[] readers = [lines.ReadAsync(process.StandardOutput), lines.ReadAsync(process.StandardError)];
        bool inTime = WaitForExit(process, timeout, interrupted);
        if (!inTime)
        {
            ProcessHandle.EndGroup(process.Id, isForced: false);
            _ = process.WaitForExit(s_grace);
            // Those that do not mind the first, and what the leader has left.
            ProcessHandle.EndGroup(process.Id, isForced: true);
            process.WaitForExit(s_grace);
        }

        // Something that it leaves running may hold the pipe: it is not waited for.
        _ = Task.WaitAll(readers, s_lastWords);
        lines.Stop();
        if (!inTime)
            interrupted.ThrowIfCancellationRequested();
        return inTime ? process.ExitCode : null;
    }

    /// <returns>Whether it ended in time and uninterrupted.</returns>
    private static bool WaitForExit(Process process, TimeSpan timeout, CancellationToken interrupted)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        end.CancelAfter(timeout);
        try
        {
            process.WaitForExitAsync(end.Token).GetAwaiter().GetResult();
            return true;
        }
        catch (OperationCanceledException)
        {
            return process.HasExited;
        }
    }

    /// <summary>Starts a program that stays, and gives when its record is there.</summary>
    /// <exception cref="IOException">It did not start.</exception>
    internal static void ToStay(LaunchRequest request)
    {
        File.Delete(request.Record!);
        using Process process = Start(request with { Starter = Environment.ProcessId }, redirected: false);
        Stopwatch time = Stopwatch.StartNew();
        while (!File.Exists(request.Record))
        {
            if (process.WaitForExit(10) || time.Elapsed > TimeSpan.FromSeconds(30))
                throw new IOException($"{request.Command[0]} did not start");
        }
    }

    private static Process Start(LaunchRequest request, bool redirected)
    {
        ProcessStartInfo start = new(OwnPath)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = redirected,
            RedirectStandardError = redirected,
        };
        start.ArgumentList.Add(Launcher.Verb);
        // No socket for debuggers while it is a program of ours.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        Process process = Process.Start(start) ?? throw new IOException($"{OwnPath} did not start");
        try
        {
            process.StandardInput.BaseStream.Write(request.Encode());
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended at once: its exit code and words tell why.
            return process;
        }

        return process;
    }

    /// <summary>Two streams as lines that are bounded, one after the other.</summary>
    private sealed class Lines(Action<string> say)
    {
        private readonly Lock _lock = new();
        private int _left = MostCharacters;
        private bool _isStopped;

        internal async Task ReadAsync(StreamReader reader)
        {
            StringBuilder line = new();
            char[] buffer = new char[4096];
            try
            {
                while (await reader.ReadAsync(buffer.AsMemory()).ConfigureAwait(false) is > 0 and int count)
                {
                    foreach (char c in buffer.AsSpan(0, count))
                    {
                        if (c == '\n')
                            Say(line);
                        else if (line.Length < MostInALine)
                            line.Append(c);
                    }
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // Its end was not waited for.
                return;
            }

            if (line.Length > 0)
                Say(line);
        }

        internal void Stop()
        {
            lock (_lock)
                _isStopped = true;
        }

        private void Say(StringBuilder line)
        {
            string text = line.ToString().TrimEnd('\r');
            line.Clear();
            lock (_lock)
            {
                if (_isStopped || _left <= 0)
                    return;
                _left -= text.Length + 1;
                say(_left > 0 ? text : "… (what else it says is dropped)");
            }
        }
    }
}
