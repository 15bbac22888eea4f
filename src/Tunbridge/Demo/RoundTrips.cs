// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Demo;

/// <summary>The pings of one protocol.</summary>
internal sealed class RoundTrips(string protocol, string target)
{
    private readonly List<double> _milliseconds = [];

    internal string Protocol { get; } = protocol;

    internal string Target { get; } = target;

    internal int Sent { get; private set; }

    internal int Answered => _milliseconds.Count;

    internal double Minimum => _milliseconds.Count == 0 ? 0 : _milliseconds.Min();

    internal double Average => _milliseconds.Count == 0 ? 0 : _milliseconds.Average();

    internal double Maximum => _milliseconds.Count == 0 ? 0 : _milliseconds.Max();

    internal void Add(TimeSpan? roundTrip)
    {
        Sent++;
        if (roundTrip is { } time)
            _milliseconds.Add(time.TotalMilliseconds);
    }
}
