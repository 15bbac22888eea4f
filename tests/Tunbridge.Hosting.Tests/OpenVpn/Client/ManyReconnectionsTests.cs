// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Hosting.OpenVpn;

namespace Tunbridge.Hosting.Tests.OpenVpn;

/// <summary>A client that connects again and again keeps nothing of what was.</summary>
[Collection(Alone.Name)]
public sealed class ManyReconnectionsTests
{
    private const int Times = 60;
    private const int Warm = 10;

    [Fact]
    public async Task Client_ThatReconnectsManyTimes_KeepsDescriptorsThreadsAndMemory()
    {
        await using ClientRig rig = new() { Clock = new FastTime(10) };
        rig.Serve("");
        rig.Start("");
        (int Descriptors, int Threads, long Memory) before = default;
        for (int i = 1; i <= Times; i++)
        {
            await rig.Connected(i);
            if (i == Warm)
                before = Look();
            if (i < Times)
                rig.Client.Restart();
        }

        (int Descriptors, int Threads, long Memory) after = Look();
        rig.AssertPings("10.8.0.1");
        // One that took too long by the fast clock is one more.
        Assert.InRange(rig.Client.Snapshot().Restarts, Times - 1, 2 * Times);
        // One of either a connection would be fifty; a pump's buffers are megabytes.
        Assert.True(after.Descriptors < before.Descriptors + 10, $"{before} {after}");
        Assert.True(after.Threads < before.Threads + 10, $"{before} {after}");
        Assert.True(after.Memory < before.Memory + (8 << 20), $"{before} {after}");
        Assert.Equal(OpenVpnClientEnd.Stopped, await rig.StopAsync());
    }

    // Threads of the runtime come and go as it likes.
    private static (int Descriptors, int Threads, long Memory) Look()
    {
        int threads = Directory.GetDirectories("/proc/self/task").Count(t => !File.ReadAllText($"{t}/comm").StartsWith(".NET", StringComparison.Ordinal));
        return (Directory.GetFiles("/proc/self/fd").Length, threads, GC.GetTotalMemory(forceFullCollection: true));
    }
}
