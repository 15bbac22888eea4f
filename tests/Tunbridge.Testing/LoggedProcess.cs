// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text;

namespace Tunbridge.Testing;

/// <summary>A program at work in a namespace, with all that it says; ended with the object.</summary>
public class LoggedProcess : IDisposable
{
    // A killed program is gone at once; this is for what it had started, which may hold its output for ever.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly StringBuilder _log = new();
    private bool _isDisposed;

    /// <summary>Starts a program.</summary>
    public LoggedProcess(TestNamespace space, string program, params IEnumerable<string> arguments)
    {
        _process = space.Start(program, arguments);
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int ProcessId => _process.Id;

    public bool HasEnded => _process.HasExited;

    /// <summary>Both of its streams, in the order in which they were read.</summary>
    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    public bool HasSaid(string words) => Log.Contains(words, StringComparison.Ordinal);

    /// <summary>How often it has said something.</summary>
    public int Count(string words) => Log.Split(words).Length - 1;

    /// <summary>Sends it a signal by its name.</summary>
    public void Signal(string name) => CommandResult.Of("kill", $"-{name}", $"{_process.Id}");

    /// <summary>Has it end, and waits until all that it said is in the log.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync(CancellationToken cancellationToken)
    {
        Signal("TERM");
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Ends it at once, so that it can tell nobody.</summary>
    public void Kill()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit(s_patience);
    }

    public void Dispose()
    {
        Dispose(isDisposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends it; again does nothing.</summary>
    protected virtual void Dispose(bool isDisposing)
    {
        if (!isDisposing || _isDisposed)
            return;
        _isDisposed = true;
        Kill();
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        lock (_log)
            _log.AppendLine(line);
    }
}
