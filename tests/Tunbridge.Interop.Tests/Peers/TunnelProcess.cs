// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text;
using Tunbridge.Testing;

namespace Tunbridge.Interop.Tests.Peers;

/// <summary>A program at work in a namespace, with its log.</summary>
internal sealed class TunnelProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _log = new();

    internal TunnelProcess(TestNamespace space, TunnelProgram program, string file)
    {
        Program = program;
        _process = space.Start(program.Path, [.. program.Arguments, "--config", file, "--verb", "4"]);
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    internal TunnelProgram Program { get; }

    internal int ProcessId => _process.Id;

    internal bool HasEnded => _process.HasExited;

    internal string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    internal bool HasSaid(string words) => Log.Contains(words, StringComparison.Ordinal);

    /// <summary>How often it has said something.</summary>
    internal int Count(string words) => Log.Split(words).Length - 1;

    /// <summary>Sends it a signal by its name.</summary>
    internal void Signal(string name) => CommandResult.Of("kill", $"-{name}", $"{_process.Id}");

    /// <summary>Has it end, and waits.</summary>
    /// <returns>Its exit code.</returns>
    internal async Task<int> StopAsync(CancellationToken cancellationToken)
    {
        Signal("TERM");
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Ends it at once, so that it can tell nobody.</summary>
    internal void Kill()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        lock (_log)
            _log.AppendLine(line);
    }
}
