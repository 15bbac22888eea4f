// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;

namespace Tunbridge.Serve;

/// <summary>What the service counts: for listeners of the .NET meter and for the Prometheus text.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ServiceMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    internal const string MeterName = "Tunbridge";

    /// <summary>The upper bounds of the histogram of durations, in seconds.</summary>
    internal static readonly double[] Bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly Lock _lock = new();
    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _reconciles;
    private readonly Histogram<double> _durations;
    private readonly Counter<long> _drifts;

    // Guarded by _lock.
    private readonly SortedDictionary<string, long> _results = new(StringComparer.Ordinal)
    {
        ["applied"] = 0,
        ["failed"] = 0,
        ["repaired"] = 0,
    };

    private readonly long[] _buckets = new long[Bounds.Length];
    private double _seconds;
    private long _driftTotal;
    private double _lastApply;
    private int _drift;

    internal ServiceMetrics()
    {
        _reconciles = _meter.CreateCounter<long>("tunbridge.reconcile", "{run}", "Runs that made the kernel as declared, by result");
        _durations = _meter.CreateHistogram<double>("tunbridge.reconcile.duration", "s", "How long they took");
        _drifts = _meter.CreateCounter<long>("tunbridge.drift.events", "{difference}", "Differences that came up");
        _meter.CreateObservableGauge("tunbridge.drift", () => Volatile.Read(ref _drift), "{difference}", "Differences there are");
    }

    internal void AddReconcile(string result, TimeSpan duration)
    {
        _reconciles.Add(1, new KeyValuePair<string, object?>("result", result));
        _durations.Record(duration.TotalSeconds);
        lock (_lock)
        {
            _results[result]++;
            _seconds += duration.TotalSeconds;
            for (int i = 0; i < Bounds.Length; i++)
            {
                if (duration.TotalSeconds <= Bounds[i])
                    _buckets[i]++;
            }

            if (result != "failed")
                _lastApply = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;
        }
    }

    internal void AddDrift()
    {
        _drifts.Add(1);
        lock (_lock)
            _driftTotal++;
    }

    internal void SetDrift(int count) => Volatile.Write(ref _drift, count);

    /// <summary>Gives the tallies to a reader, all of one moment.</summary>
    internal void Read(Action<IReadOnlyDictionary<string, long>, IReadOnlyList<long>, double, long, double> reader)
    {
        lock (_lock)
            reader(_results, _buckets, _seconds, _driftTotal, _lastApply);
    }

    public void Dispose() => _meter.Dispose();
}
