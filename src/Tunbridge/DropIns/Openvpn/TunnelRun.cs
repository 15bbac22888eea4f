// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Tunbridge.Hosting.OpenVpn;
using Tunbridge.OpenVpn.Settings;
using Tunbridge.Serve;

namespace Tunbridge.DropIns.Openvpn;

/// <summary>A tunnel in the foreground of its process: signals, restarts, status file, and what the service manager is told.</summary>
internal sealed class TunnelRun : IDisposable
{
    private const PosixSignal User1 = (PosixSignal)10, User2 = (PosixSignal)12;
    private const string Completed = "Initialization Sequence Completed";

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private readonly OpenvpnLog _log;
    private readonly SecretPrompts _prompts;
    private readonly StatusFile? _status;
    private readonly Handover? _handover;
    private readonly ServiceNotifier _notifier = ServiceNotifier.Open();
    private readonly Channel<PosixSignal> _signals = Channel.CreateUnbounded<PosixSignal>();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private OpenvpnRequest _request;
    private CardSource _cards;
    private volatile bool _isComplete;

    internal TunnelRun(OpenvpnRequest request, OpenvpnLog log, SecretPrompts prompts, StatusFile? status, Handover? handover)
    {
        _request = request;
        _log = log;
        _prompts = prompts;
        _status = status;
        _handover = handover;
        _cards = new(request);
    }

    /// <summary>Gets the tunnel's state from time to time; null for nobody.</summary>
    internal Action<TunnelReport>? Reports { get; init; }

    /// <summary>It is one of a service's tunnels: secret files that others can read are refused, and the service's manager is not spoken to.</summary>
    internal bool IsSupervised { get; init; }

    /// <summary>Has it end as SIGTERM does.</summary>
    internal void Stop() => _signals.Writer.TryWrite(PosixSignal.SIGTERM);

    /// <returns>The exit code.</returns>
    internal int Run(TunnelConfiguration configuration)
    {
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGHUP, PosixSignal.SIGTERM, PosixSignal.SIGINT, User1, User2])
            _registrations.Add(PosixSignalRegistration.Create(signal, Receive));
        _log.Written += Tell;
        if (!IsSupervised)
            _notifier.ReadyAs(Environment.ProcessId, "Pre-connection initialization successful");
        return RunAsync(configuration).GetAwaiter().GetResult();
    }

    public void Dispose()
    {
        _log.Written -= Tell;
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
        _cards.Dispose();
        _notifier.Dispose();
        _request.Dispose();
    }

    private void Receive(PosixSignalContext context)
    {
        context.Cancel = true;
        _signals.Writer.TryWrite(context.Signal);
    }

    private void Tell(int verbosity, string line)
    {
        if (line != Completed)
            return;
        _isComplete = true;
        if (!IsSupervised)
            _notifier.Status(Completed);
    }

    private async Task<int> RunAsync(TunnelConfiguration configuration)
    {
        while (true)
        {
            (int? exitCode, PosixSignal? restart) = await RunOnceAsync(configuration).ConfigureAwait(false);
            if (exitCode is int code)
                return code;
            if (restart == PosixSignal.SIGHUP)
                configuration = ReadAgain();
            _log.Write(1, "Restart pause, 1 second(s)");
            if (await PauseAsync().ConfigureAwait(false) is { } ended)
            {
                _log.Write(1, $"{Name(ended)}[hard,init_instance] received, process exiting");
                return ExitCode.Done;
            }
        }
    }

    /// <summary>One life of the tunnel.</summary>
    /// <returns>The exit code; null when a signal asks for the next life.</returns>
    private async Task<(int? ExitCode, PosixSignal? Restart)> RunOnceAsync(TunnelConfiguration configuration)
    {
        TunnelIdentityOptions options = new()
        {
            Directory = _request.WorkingDirectory,
            Prompt = _prompts.AskAsync,
            RefusesReadableSecrets = IsSupervised,
        };
        _isComplete = false;
        using CancellationTokenSource stop = new();
        using TunnelIdentity identity = await TunnelIdentity.LoadAsync(configuration, options, stop.Token).ConfigureAwait(false);
        // A client says them itself.
        foreach (string warning in configuration.IsServer ? identity.Warnings : [])
            _log.Write(1, warning);
        TunnelParts parts = new(Name(_request), configuration, identity, _log, _cards, _prompts);
        await parts.RecoverAsync(stop.Token).ConfigureAwait(false);
        IRunningTunnel tunnel = parts.Make();
        await using ConfiguredAsyncDisposable disposal = tunnel.ConfigureAwait(false);
        await using ConfiguredAsyncDisposable disposalOfParts = parts.ConfigureAwait(false);
        Task<int?> running = tunnel.RunAsync(stop.Token);
        Task observing = ObserveAsync(tunnel, stop.Token);
        PosixSignal? ended = await ListenAsync(tunnel, running).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        int? exitCode;
        try
        {
            exitCode = await running.ConfigureAwait(false);
        }
        catch (Exception e) when (ended is not null && (e is OperationCanceledException || e.InnerException is OperationCanceledException))
        {
            exitCode = null;
        }

        await observing.ConfigureAwait(false);
        if (ended is PosixSignal signal)
        {
            bool isRestart = signal is PosixSignal.SIGHUP or User1;
            _log.Write(1, $"{Name(signal)}[hard,] received, process {(isRestart ? "restarting" : "exiting")}");
            return isRestart ? (null, signal) : (ExitCode.Done, null);
        }

        return (exitCode ?? ExitCode.Done, null);
    }

    /// <summary>Carries out signals until one ends this life, or it ends by itself.</summary>
    private async Task<PosixSignal?> ListenAsync(IRunningTunnel tunnel, Task running)
    {
        while (true)
        {
            Task<bool> next = _signals.Reader.WaitToReadAsync().AsTask();
            await Task.WhenAny(next, running).ConfigureAwait(false);
            while (!running.IsCompleted && _signals.Reader.TryRead(out PosixSignal signal))
            {
                if (signal == User2)
                    LogStatus(tunnel);
                else if (signal != User1 || !tunnel.TryRestart())
                    return signal;
            }

            if (running.IsCompleted)
                return null;
        }
    }

    private async Task<PosixSignal?> PauseAsync()
    {
        using CancellationTokenSource pause = new(s_pause);
        try
        {
            while (true)
            {
                PosixSignal signal = await _signals.Reader.ReadAsync(pause.Token).ConfigureAwait(false);
                if (signal is PosixSignal.SIGTERM or PosixSignal.SIGINT)
                    return signal;
            }
        }
        catch (OperationCanceledException)
        {
            // The pause is over.
            return null;
        }
    }

    private TunnelConfiguration ReadAgain()
    {
        // What was between its tags goes; the new one has its own.
        using OpenvpnRequest before = _request;
        _request = before.ReadAgain();
        _log.Configure(_request);
        TunnelConfiguration configuration = MaterialFiles.Apply(
            TunnelStart.Check(_request, out IReadOnlyList<string> notes), _handover?.Files ?? []);
        foreach (string line in notes.Concat(VersionLines.Lines))
            _log.Write(1, line);
        // A card of another kind, or by another way: nothing of the old life stays with SIGHUP.
        _cards.Dispose();
        _cards = new(_request);
        return configuration;
    }

    private void LogStatus(IRunningTunnel tunnel)
    {
        foreach (string line in tunnel.DescribeStatus(StatusVersion).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            _log.Write(1, line);
        if (tunnel.DescribeDrops() is { Length: > 0 } drops)
            _log.Write(1, $"Dropped: {drops}");
    }

    private int StatusVersion => Math.Clamp(_request.Number("status-version", 1), 1, 3);

    private async Task ObserveAsync(IRunningTunnel tunnel, CancellationToken ended)
    {
        TimeSpan period = Reports is not null ? TimeSpan.FromSeconds(1) : _status?.Period ?? Timeout.InfiniteTimeSpan;
        long written = 0;
        bool isTold = false;
        while (true)
        {
            try
            {
                if (_status is not null && (written == 0 || System.Diagnostics.Stopwatch.GetElapsedTime(written) >= _status.Period || ended.IsCancellationRequested))
                {
                    written = System.Diagnostics.Stopwatch.GetTimestamp();
                    string problem = TryWriteStatus(tunnel);
                    // Once, until it works again: a full disk is not made better by a line a second.
                    if (problem.Length > 0 && !isTold)
                        _log.Write(1, $"the status file cannot be written: {problem}");
                    isTold = problem.Length > 0;
                }

                Reports?.Invoke(_isComplete ? tunnel.Report() : tunnel.Report() with { State = "starting" });
                if (ended.IsCancellationRequested)
                    return;
                await Task.Delay(period, ended).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // Once more, with the last numbers.
                continue;
            }
        }
    }

    private string TryWriteStatus(IRunningTunnel tunnel)
    {
        try
        {
            _status!.Write(tunnel.DescribeStatus(StatusVersion));
            return "";
        }
        catch (IOException e)
        {
            return e.Message;
        }
    }

    // For messages and the journal: the file, which is what people know it by.
    private static string Name(OpenvpnRequest request) =>
        request.Arguments is [var only] ? only : request.Arguments.SkipWhile(a => a != "--config").Skip(1).FirstOrDefault() ?? "openvpn";

    private static string Name(PosixSignal signal) => signal switch
    {
        PosixSignal.SIGHUP => "SIGHUP",
        PosixSignal.SIGINT => "SIGINT",
        User1 => "SIGUSR1",
        User2 => "SIGUSR2",
        _ => "SIGTERM",
    };
}
