// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Tunbridge.Configuration;
using Tunbridge.DropIns.Openvpn;
using Tunbridge.Output;
using Tunbridge.Programs;

namespace Tunbridge.Serve;

/// <summary>One tunnel below the service: its process, what it says, and how often it had to be started.</summary>
internal sealed class ServedTunnel : IDisposable
{
    // Routes are taken back and the server is told; more than that is a process that hangs.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private const string FatalEnd = "Exiting due to fatal error";

    private Process? _process;
    private volatile TunnelReport? _report;
    private volatile string _lastWords = "";
    private TimeSpan _pause;
    private long _startedAt;
    private int _starts;
    private bool _wasUp;

    internal ServedTunnel(TunnelDefinition definition) => Definition = definition;

    internal TunnelDefinition Definition { get; }

    /// <summary>What its file was when it was started.</summary>
    internal string Fingerprint { get; init; } = "";

    /// <summary>Why it is not run; null when it is to run.</summary>
    internal string? Condition { get; init; }

    internal string Note { get; init; } = "";

    private string Ending => _lastWords is { Length: > 0 } words
        ? $"its process has ended, and is started again: {words}"
        : "its process has ended, and is started again";

    internal bool IsRunning => _process is { } process && !process.HasExited;

    internal TunnelStatus Status
    {
        get
        {
            TunnelReport? report = IsRunning ? _report : null;
            return new()
            {
                Name = Definition.Name,
                Condition = Condition ?? (report is { IsUp: true } ? "up" : IsRunning ? "starting" : "waiting"),
                Note = Note.Length > 0 || Condition is not null || IsRunning ? Note : Ending,
                Restarts = Math.Max(0, _starts - 1),
                Report = report,
            };
        }
    }

    /// <summary>Starts its process.</summary>
    /// <param name="ended">Called when it has ended, on any thread, with its exit code.</param>
    /// <param name="tell">Gets what happens: kind and words; on any thread.</param>
    internal void Start(Action<int> ended, Action<string, string> tell)
    {
        _process?.Dispose();
        _report = null;
        _wasUp = false;
        ProcessStartInfo start = new(ProgramRun.OwnPath)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(OpenvpnCommand.SupervisedVerb);
        start.ArgumentList.Add(Definition.OpenVpnFile);
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        // The service's own talk with its manager is none of a tunnel's.
        foreach (string name in (string[])["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"])
            start.Environment.Remove(name);
        Process process = new() { StartInfo = start, EnableRaisingEvents = true };
        process.Exited += (_, _) => ended(process.ExitCode);
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not { Length: > 0 } text)
                return;
            // The line behind the reason is the same for all reasons.
            if (text != FatalEnd)
                _lastWords = Terminal.OneLine(text);
            Terminal.Warn($"{Definition.Name}: {text}");
        };
        process.OutputDataReceived += (_, line) => Take(line.Data, tell);
        _startedAt = Stopwatch.GetTimestamp();
        _starts++;
        _process = process;
        process.Start();
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
    }

    /// <summary>How long to wait before it is started again: twice as long as before, unless it ran well.</summary>
    internal TimeSpan NextPause(TimeSpan first, TimeSpan longest)
    {
        bool ranWell = Stopwatch.GetElapsedTime(_startedAt) > longest;
        _pause = ranWell || _pause == TimeSpan.Zero ? first : _pause * 2 < longest ? _pause * 2 : longest;
        return _pause;
    }

    /// <summary>Has its process end, and waits for it.</summary>
    internal void Stop()
    {
        if (_process is not { } process)
            return;
        try
        {
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended, and so has its end of the pipe.
            process.WaitForExit(s_patience);
        }

        if (process.WaitForExit(s_patience))
            return;
        // Whatever it has on the host is taken back by the next start.
        process.Kill();
        process.WaitForExit(s_patience);
    }

    public void Dispose()
    {
        Stop();
        _process?.Dispose();
        _process = null;
    }

    private void Take(string? line, Action<string, string> tell)
    {
        if (line is null || TunnelReport.Parse(line) is not { } report)
            return;
        _report = report;
        if (report.IsUp == _wasUp)
            return;
        _wasUp = report.IsUp;
        tell(report.IsUp ? "tunnel-up" : "tunnel-down", $"{Definition.Name}: {report.State}");
    }
}
