// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using Tunbridge.Packets;

namespace Tunbridge.Devices.Tests.Forwarding;

/// <summary>How soon a forwarder ends. <c>TUNBRIDGE_SOAK=1</c> (tests/soak/run) repeats it and looks at the clock.</summary>
[Collection(AloneCollection.Name)]
public sealed class ForwarderCancellationTests : DeviceTest
{
    private static readonly TimeSpan s_promised = TimeSpan.FromMilliseconds(100);

    private static bool IsSoak => Environment.GetEnvironmentVariable("TUNBRIDGE_SOAK") == "1";

    [Fact]
    public void Cancellation_OfAnIdleForwarder_EndsItAtOnceAndLeavesNothing()
    {
        List<TimeSpan> times = [];
        for (int round = 0; round < (IsSoak ? 1000 : 20); round++)
        {
            TunDevice a = Tun("n0", new() { Queues = 2 }), b = Tun("n1", new() { Queues = 2 });
            using Forwarder forwarder = new(a, b);
            using CancellationTokenSource stop = new();
            BlockedThread run = new(() => forwarder.Run(stop.Token));
            long start = Stopwatch.GetTimestamp();
            stop.Cancel();
            Assert.Null(run.Join());
            times.Add(Stopwatch.GetElapsedTime(start));
            Assert.False(Exists("n0"));
        }

        TimeSpan longest = times.Max(), median = times.Order().ElementAt(times.Count / 2);
        string numbers = string.Create(
            CultureInfo.InvariantCulture, $"median {median.TotalMilliseconds:0.0} ms, longest {longest.TotalMilliseconds:0.0} ms");
        TestContext.Current.TestOutputHelper!.WriteLine(numbers);
        // On a machine that does much else, every thread that ends waits for its turn first.
        if (IsSoak)
            Assert.True(median < s_promised, numbers);
    }
}
