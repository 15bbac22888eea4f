// SPDX-License-Identifier: Apache-2.0
using System.ComponentModel;
using System.Diagnostics;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>Runs scripts aside: without a shell, with an environment of their own, a bounded number of them and for a bounded time.</summary>
/// <remarks>Thread-safe. What a script prints goes where ours goes; its standard input is empty.</remarks>
internal sealed class ScriptRunner : IDisposable
{
    /// <summary>How many run at once.</summary>
    internal const int Parallel = 16;

    /// <summary>How many may wait for their turn.</summary>
    internal const int Waiting = 512;

    // A shell has one, and yet does not always hand it on.
    private const string SearchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private readonly string _directory;
    private readonly SemaphoreSlim _turns = new(Parallel);
    private int _waiting;

    /// <param name="directory">Where scripts run.</param>
    internal ScriptRunner(string directory) => _directory = directory;

    /// <summary>Runs a script to its end.</summary>
    /// <param name="command">The script.</param>
    /// <param name="environment">What it is told.</param>
    /// <param name="arguments">Words after its own.</param>
    /// <param name="limit">After which it is killed.</param>
    /// <param name="cancellationToken">Kills it.</param>
    /// <returns>How it ended; never throws for what a script does.</returns>
    internal async Task<ScriptResult> RunAsync(ScriptCommand command, ScriptEnvironment environment, IReadOnlyList<string> arguments, TimeSpan limit,
        CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _waiting) > Waiting)
        {
            Interlocked.Decrement(ref _waiting);
            return Failed($"{command.Program}: too many scripts wait already");
        }
        try
        {
            await _turns.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return Failed($"{command.Program}: not run, the server ends");
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
        try
        {
            // Starting a process waits for it to be there.
            return await Task.Run(() => RunOneAsync(command, environment, arguments, limit, cancellationToken), CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();

    private async Task<ScriptResult> RunOneAsync(ScriptCommand command, ScriptEnvironment environment, IReadOnlyList<string> arguments, TimeSpan limit,
        CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(command.Program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            WorkingDirectory = _directory,
        };
        foreach (string argument in command.Arguments.Concat(arguments))
            start.ArgumentList.Add(argument);
        start.Environment.Clear();
        start.Environment["PATH"] = SearchPath;
        foreach ((string name, string value) in environment.Values)
            start.Environment[name] = value;
        start.Environment["script_type"] = command.Kind;
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ending.CancelAfter(limit);
        try
        {
            using Process? process = Process.Start(start);
            if (process is null)
                return Failed($"{command.Program} did not start");
            process.StandardInput.Close();
            try
            {
                await process.WaitForExitAsync(ending.Token).ConfigureAwait(false);
                return new() { ExitCode = process.ExitCode, Problem = "" };
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                return Failed($"{command.Program}: killed after {limit.TotalSeconds:0} s");
            }
        }
        catch (Exception e) when (e is Win32Exception or IOException or InvalidOperationException)
        {
            return Failed($"{command.Program}: {e.Message}");
        }
    }

    private static ScriptResult Failed(string problem) => new() { ExitCode = -1, Problem = problem };
}
