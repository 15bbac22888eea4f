// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Tunbridge.Commands;
using Tunbridge.Configuration;

namespace Tunbridge.Serve;

/// <summary>Waiting for another run, a `try` of an hour say: told, no sign of death, and given up when the service is to end.</summary>
internal sealed partial class CardService
{
    // What the manager is asked for while the start waits, and how often.
    private static readonly TimeSpan s_extension = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_extensionPeriod = TimeSpan.FromSeconds(15);

    // Less than any manager waits for an end.
    private static readonly TimeSpan s_lastPatience = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stopping = new();
    private volatile bool _isWaiting;

    /// <summary>Whether it was told to end, by whatever work that is noticed.</summary>
    internal bool IsStopping => _stopping.IsCancellationRequested;

    /// <summary>Work on a file that nobody is asked about and that a stop frees from waiting.</summary>
    private FileWork Work(DesiredState desired, PlanOptions options, Func<DesiredState, Changes.HostState, PlanOptions, Changes.ChangePlan> make) =>
        new(desired, options, null, make) { MayAsk = false, Waiting = Wait(_stopping.Token) };

    private LockWait Wait(CancellationToken cancelled)
    {
        Timer? extension = null;
        return new()
        {
            Began = () =>
            {
                _isWaiting = true;
                const string What = "waiting for another run of tunbridge, such as a `try`, that is changing the same namespace";
                _notifier.Status(What);
                Report("waiting", What);
                extension = new(_ => _notifier.ExtendTimeout(s_extension), null, TimeSpan.Zero, s_extensionPeriod);
            },
            Ended = () =>
            {
                extension?.Dispose();
                // The work begins only now.
                Volatile.Write(ref _workSince, Stopwatch.GetTimestamp());
                _isWaiting = false;
            },
            Cancelled = cancelled,
        };
    }
}
