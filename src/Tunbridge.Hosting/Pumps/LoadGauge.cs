// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Hosting;

/// <summary>Tells load from single packets: more than 32 in one millisecond of the clock. For one thread.</summary>
internal struct LoadGauge
{
    // Questions and answers through a tunnel take 30 µs and more for each round; a flood or a stream brings hundreds.
    private const int MostSingly = 32;

    /// <summary>So many are load, whenever they come.</summary>
    internal const int Load = MostSingly + 1;

    private long _millisecond;
    private int _count;

    /// <summary>Counts packets.</summary>
    /// <param name="packets">How many.</param>
    /// <param name="nowMilliseconds">The time.</param>
    /// <returns>Whether it is load.</returns>
    internal bool Add(int packets, long nowMilliseconds)
    {
        if (nowMilliseconds != _millisecond)
        {
            _millisecond = nowMilliseconds;
            _count = 0;
        }

        _count += packets;
        return _count > MostSingly;
    }
}
