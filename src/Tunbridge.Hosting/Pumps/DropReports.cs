// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting;

/// <summary>Lets a pump tell its owner of drops, at most ten times a second for each reason: a flood makes no flood of lines.</summary>
internal sealed class DropReports
{
    private const long IntervalMilliseconds = 100;

    private readonly long[] _next = new long[(int)DropReason.Refused + 1];

    internal bool IsDue(DropReason reason, long nowMilliseconds)
    {
        ref long next = ref _next[(int)reason];
        if (nowMilliseconds < next)
            return false;
        next = nowMilliseconds + IntervalMilliseconds;
        return true;
    }
}
