// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Threading.Channels;
using Tunbridge.Changes;
using Tunbridge.Commands;
using Tunbridge.Configuration;
using Tunbridge.Output;

namespace Tunbridge.Serve;

/// <summary>Keeps a file's cards as declared: applies it, watches, reports or repairs, reloads, stops.</summary>
/// <remarks>
/// One loop owns all of it: signals, events of the kernel and requests are posted to it as work and run one after the
/// other. Between two pieces of work nothing runs and nothing wakes up but the watchdog. See docs/serve.md.
/// </remarks>
internal sealed partial class CardService : IDisposable
{
    private readonly Channel<Action> _work = Channel.CreateUnbounded<Action>(new() { SingleReader = true });
    private readonly Func<DesiredState> _load;
    private readonly PlanOptions _options;
    private readonly ServiceNotifier _notifier;
    private readonly CarrierKeeper _carriers;
    private readonly EventFeed _feed;
    private readonly ServiceMetrics _metrics = new();
    private readonly TunnelSupervisor _tunnels;

    // Replaced by the loop, read by everybody.
    private volatile DesiredState _desired;
    private DriftWatch? _watch;
    private HashSet<string> _holdMistakes = [];
    private long _workSince;
    private bool _isStopping;
    private int _exitCode = ExitCode.Done;

    internal CardService(Func<DesiredState> load, PlanOptions options, ServiceNotifier notifier, EventFeed feed)
    {
        _load = load;
        _options = options;
        _notifier = notifier;
        _feed = feed;
        _carriers = new(notifier);
        _desired = load();
        _tunnels = new(work => _work.Writer.TryWrite(work), Report);
    }

    /// <summary>The file as it is carried out now.</summary>
    internal DesiredState Desired => _desired;

    internal ServiceMetrics Metrics => _metrics;

    /// <summary>How the tunnels are; from any thread.</summary>
    internal IReadOnlyList<TunnelStatus> Tunnels => _tunnels.Snapshot();

    /// <summary>How it stands, in words.</summary>
    private string Summary
    {
        get
        {
            int cards = _desired.Devices.Count(d => !d.IsAbsent);
            string held = _carriers.Count > 0 ? $", {_carriers.Count} carriers held" : "";
            int tunnels = _desired.Tunnels.Count(t => t.IsEnabled);
            string run = tunnels > 0 ? $" and {tunnels} {(tunnels == 1 ? "tunnel" : "tunnels")}" : "";
            return $"{cards} {(cards == 1 ? "card" : "cards")}{run} of {_desired.Path}{held}" +
                (_drift.Count == 0 ? ", all as declared" : $", {_drift.Count} {(_drift.Count == 1 ? "difference" : "differences")}");
        }
    }

    /// <summary>Applies the file; what fails is thrown, and nothing is left of it.</summary>
    internal void Start()
    {
        _notifier.Status($"making the cards of {_desired.Path}");
        _carriers.Adopt(ServiceNotifier.TakeStored());
        // Before the kernel is read, so that nothing falls between.
        _watch = Watch(_desired);
        Apply(_desired);
        Hold();
        Look();
        WatchClients();
        // After the cards, which a tunnel may use.
        _tunnels.Apply(_desired);
    }

    /// <summary>Tells that all is ready, and works until told to stop.</summary>
    /// <returns>The exit code.</returns>
    internal async Task<int> RunAsync()
    {
        _notifier.Ready(Summary);
        Report("started", Summary);
        using CancellationTokenSource ended = new();
        Task watchdog = PingAsync(ended.Token);
        await foreach (Action work in _work.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            // What was posted before the stop and comes after it must not bring a card back.
            if (_isStopping)
                continue;
            Volatile.Write(ref _workSince, Stopwatch.GetTimestamp());
            Try(work);
            Volatile.Write(ref _workSince, 0);
        }

        await ended.CancelAsync().ConfigureAwait(false);
        await watchdog.ConfigureAwait(false);
        return _exitCode;
    }

    /// <summary>Has the file read again; a wrong one changes nothing.</summary>
    /// <param name="answer">Gets what went wrong, null when nothing did.</param>
    internal void PostReload(Action<string?>? answer = null) => _work.Writer.TryWrite(() =>
    {
        string? mistake = Reload();
        answer?.Invoke(mistake);
    });

    /// <summary>Has it end, leaving or removing each card as its on-stop says.</summary>
    internal void PostStop()
    {
        _work.Writer.TryWrite(Stop);
        _stopping.Cancel();
    }

    public void Dispose()
    {
        _work.Writer.TryComplete();
        _watch?.Dispose();
        _tunnels.Dispose();
        ForgetClients();
        _carriers.Dispose();
        _metrics.Dispose();
        _stopping.Dispose();
    }

    private DriftWatch Watch(DesiredState desired) => new(desired, () => _work.Writer.TryWrite(Look));

    // What a piece of work runs into is told; the service goes on, for the cards are there all the same.
    private void Try(Action work)
    {
        try
        {
            work();
        }
        catch (OperationCanceledException) when (IsStopping)
        {
            // The stop, which is the next piece of work, says what there is to say.
            return;
        }
        catch (Exception e) when (Failure.Describe(e) is { } failure)
        {
            Report("failed", failure.Message);
        }
    }

    private string? Reload()
    {
        _notifier.Reloading();
        string? mistake = null;
        DriftWatch? watch = null;
        try
        {
            DesiredState next = _load();
            watch = Watch(next);
            Apply(next);
            _desired = next;
            (watch, _watch) = (_watch, watch);
            _attempts.Clear();
        }
        catch (Exception e) when (Failure.Describe(e) is { } failure)
        {
            mistake = failure.Message;
        }

        watch?.Dispose();
        if (mistake is null)
        {
            Hold();
            Try(() => _tunnels.Apply(_desired));
        }

        // Whatever it meets, the manager and whoever asked wait for the end of this.
        Try(Look);
        if (mistake is null)
            Report("reloaded", Summary);
        else
            Report("reload-failed", $"not reloaded, the cards stay as they were declared before: {mistake}");
        _notifier.Ready(mistake is null ? Summary : $"reload failed: {mistake}");
        return mistake;
    }

    private void Apply(DesiredState desired)
    {
        long start = Stopwatch.GetTimestamp();
        bool done = false;
        try
        {
            using FileWork work = Work(desired, _options, Planner.Up);
            foreach (Change change in work.Apply().SelectMany(p => p.Changes))
                Terminal.Warn(change.Description);
            done = true;
        }
        finally
        {
            _metrics.AddReconcile(done ? "applied" : "failed", Stopwatch.GetElapsedTime(start));
        }
    }

    private void Hold()
    {
        HashSet<string> mistakes = [.. _carriers.Refresh(_desired)];
        foreach (string mistake in mistakes.Except(_holdMistakes))
            Report("failed", mistake);
        _holdMistakes = mistakes;
    }

    private void Stop()
    {
        _isStopping = true;
        _work.Writer.TryComplete();
        string[] removed = [.. _desired.Devices.Where(d => d.OnStop == StopPolicy.Remove).Select(d => d.Name)];
        string what = removed.Length == 0 ? "the cards stay" : $"removing {string.Join(", ", removed)}";
        _notifier.Stopping(what);
        Report("stopping", what);
        _watch?.Dispose();
        // Before the cards that they may use.
        Try(_tunnels.StopAll);
        Try(() => StopClients(removed));
        if (removed.Length == 0)
            return;
        try
        {
            foreach (string card in removed)
                _carriers.Release(card);
            // Without names, the bridges and rules that came with the cards go, too.
            bool all = removed.Length == _desired.Devices.Count;
            using CancellationTokenSource patience = new(s_lastPatience);
            using FileWork work = new(_desired, new() { Devices = all ? [] : removed }, null, Planner.Down) { MayAsk = false, Waiting = Wait(patience.Token) };
            work.Apply();
        }
        catch (OperationCanceledException)
        {
            Report("failed", $"another run is changing the namespace and did not end within {s_lastPatience.TotalSeconds:0} s: the cards stay");
            _exitCode = ExitCode.Failed;
        }
        catch (Exception e) when (Failure.Describe(e) is { } failure)
        {
            Report("failed", failure.Message);
            _exitCode = failure.ExitCode;
        }
    }

    private async Task PingAsync(CancellationToken ended)
    {
        if (_notifier.WatchdogPeriod is not TimeSpan period)
            return;
        using PeriodicTimer timer = new(period);
        try
        {
            do
            {
                // A loop that hangs in the kernel is no life; one that waits for another run's `try` is.
                long since = Volatile.Read(ref _workSince);
                if (since == 0 || _isWaiting || Stopwatch.GetElapsedTime(since) < s_longestWork)
                    _notifier.Watchdog();
            }
            while (await timer.WaitForNextTickAsync(ended).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            return;
        }
    }

    private void Report(string kind, string message) => Report(new ServiceEvent { Kind = kind, Message = message });

    private void Report(ServiceEvent happened)
    {
        Terminal.Warn(happened.Message);
        _feed.Publish(happened);
    }
}
