// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Testing;

/// <summary>A clock that stands still until it is told. Thread-safe.</summary>
public sealed class ManualTime : TimeProvider
{
    private long _ticks;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Lets time pass.</summary>
    /// <param name="duration">How much.</param>
    public void Advance(TimeSpan duration) => Interlocked.Add(ref _ticks, duration.Ticks);

    /// <inheritdoc/>
    public override long GetTimestamp() => Interlocked.Read(ref _ticks);
}
