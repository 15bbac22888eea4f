// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace Tunbridge.Testing;

/// <summary>How long a test waits for what must come: long enough for a machine with forty things to do at once.</summary>
/// <remarks>Only a test that would wait for ever waits so long, so there is nothing to be had by less.</remarks>
public static class Generous
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    public static TimeSpan Patience { get; } = TimeSpan.FromMinutes(3);

    /// <summary>Waits for what other programs and threads bring about, and fails the test when it never comes.</summary>
    /// <param name="condition">Looked at every 50 ms.</param>
    /// <param name="mistake">What the test says when it never holds.</param>
    public static async Task UntilAsync(Func<bool> condition, Func<string> mistake)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > Patience)
                Assert.Fail(mistake());
            await Task.Delay(s_pause, TestContext.Current.CancellationToken);
        }
    }
}
