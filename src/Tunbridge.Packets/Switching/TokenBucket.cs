// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Switching;

/// <summary>A limit on how often something may happen: a steady rate, and a burst after a time of quiet.</summary>
/// <remarks>
/// Pure: the time is an argument. Full to begin with. Not thread-safe. Allocates nothing after construction.
/// </remarks>
public sealed class TokenBucket
{
    private readonly double _perTick;
    private readonly double _burst;
    private double _tokens;
    private TimeSpan _last;
    private bool _isStarted;

    /// <summary>Makes a full bucket.</summary>
    /// <param name="perSecond">Tokens that come back in a second, more than 0.</param>
    /// <param name="burst">The most tokens it holds, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is below its minimum, or not finite.</exception>
    public TokenBucket(double perSecond, double burst)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(perSecond);
        ArgumentOutOfRangeException.ThrowIfLessThan(burst, 1);
        if (!double.IsFinite(perSecond) || !double.IsFinite(burst))
            throw new ArgumentOutOfRangeException(nameof(perSecond), "A rate and a burst are finite numbers.");
        _perTick = perSecond / TimeSpan.TicksPerSecond;
        _burst = burst;
        _tokens = burst;
    }

    /// <summary>Takes tokens if there are as many.</summary>
    /// <param name="now">The time since any fixed moment; one that goes back is taken for no time at all.</param>
    /// <param name="amount">How many, at least 1. More than the burst is given when the bucket is full.</param>
    /// <returns>False, with nothing taken, when there are fewer.</returns>
    public bool TryTake(TimeSpan now, int amount = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(amount, 1);
        Refill(now);
        // Something larger than the bucket must pass at some time: it then leaves a debt, which is paid off first.
        if (_tokens < Math.Min(amount, _burst))
            return false;
        _tokens -= amount;
        return true;
    }

    private void Refill(TimeSpan now)
    {
        if (!_isStarted)
        {
            _isStarted = true;
            _last = now;
            return;
        }

        long ticks = now.Ticks - _last.Ticks;
        if (ticks <= 0)
            return;
        _last = now;
        _tokens = Math.Min(_burst, _tokens + (ticks * _perTick));
    }
}
