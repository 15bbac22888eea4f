// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Tunbridge.Changes;
using Tunbridge.Linux;
using Tunbridge.Programs;

namespace Tunbridge.Demo;

/// <summary>A host in a namespace of its own that runs one end of a tunnel, which ends with it.</summary>
internal sealed class TunnelEnd : IDisposable
{
    private const string Completed = "Initialization Sequence Completed";
    private const int LastLines = 3;

    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _isUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _said = [];
    private Task _run = Task.CompletedTask;

    internal NetworkNamespace Place { get; } = NetworkNamespace.Create();

    /// <summary>What it said last.</summary>
    internal string LastWords
    {
        get
        {
            lock (_said)
                return string.Join(" | ", _said.TakeLast(LastLines));
        }
    }

    /// <summary>Starts the program; it ends with the thread that runs it, which is its own.</summary>
    internal void Start(string[] command) =>
        _run = Task.Factory.StartNew(() => Run(command), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Waits until it says that all is set up.</summary>
    /// <returns>How long that took; null when it did not in time.</returns>
    internal TimeSpan? WaitUntilUp(TimeSpan patience, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        return Task.WaitAny([_isUp.Task, _run], (int)patience.TotalMilliseconds, cancellationToken) == 0 ? Stopwatch.GetElapsedTime(start) : null;
    }

    public void Dispose()
    {
        _stop.Cancel();
        _run.GetAwaiter().GetResult();
        _stop.Dispose();
        Place.Dispose();
    }

    private void Run(string[] command)
    {
        Dictionary<string, string> environment = new(ProgramRun.OwnEnvironment)
        {
            ["PATH"] = SystemTool.SearchPath,
            ["DOTNET_EnableDiagnostics"] = "0",
        };
        try
        {
            Place.Run(() => _ = ProgramRun.ToEnd(new() { Command = command, Environment = environment }, TimeSpan.FromMinutes(2), Hear, _stop.Token));
        }
        catch (OperationCanceledException)
        {
            // As it was meant to end.
            return;
        }
    }

    private void Hear(string line)
    {
        lock (_said)
            _said.Add(line);
        if (line.Contains(Completed, StringComparison.Ordinal))
            _isUp.TrySetResult();
    }
}
