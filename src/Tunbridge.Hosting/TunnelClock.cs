// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Hosting;

/// <summary>The one clock of a tunnel: begins at the wall time and only grows, whatever happens to the wall time later.</summary>
/// <remarks>
/// Control side and data path share one: a session compares its own times with those that the data path leaves with the keys.
/// Thread-safe, allocates nothing.
/// </remarks>
public sealed class TunnelClock
{
    private readonly TimeProvider _provider;
    private readonly DateTimeOffset _start;
    private readonly long _startMilliseconds;
    private readonly long _startStamp;

    /// <summary>A clock that begins now.</summary>
    /// <param name="provider">The source of time.</param>
    public TunnelClock(TimeProvider provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        _provider = provider;
        _startStamp = provider.GetTimestamp();
        _start = provider.GetUtcNow();
        _startMilliseconds = _start.ToUnixTimeMilliseconds();
    }

    /// <summary>The clock of the process.</summary>
    public static TunnelClock System { get; } = new(TimeProvider.System);

    /// <summary>Where it comes from, for timers.</summary>
    public TimeProvider Provider => _provider;

    /// <summary>The time, for the control side.</summary>
    public DateTimeOffset Now => _start + _provider.GetElapsedTime(_startStamp);

    /// <summary>The same time in milliseconds since 1970, for the data path.</summary>
    public long Milliseconds => _startMilliseconds + (long)_provider.GetElapsedTime(_startStamp).TotalMilliseconds;
}
