// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Interop.Tests.Cases;
using Tunbridge.Interop.Tests.Peers;

namespace Tunbridge.Interop.Tests.Trouble;

/// <summary>Ours on both sides, which send runs of datagrams in one call, while some of each run are lost, late and twice.</summary>
public sealed class LossyPathTests
{
    [Theory]
    [InlineData(0.01)]
    [InlineData(0.05)]
    public async Task Streams_OfOursOverALossyPath_AllEndAndLeaveNothing(double trouble)
    {
        using Scene scene = new("both");
        scene.Write("udp4", remotePort: DatagramRelay.Port);
        await using DatagramRelay relay = new(scene.Hosts.Server, TwoHosts.Server4);
        await scene.StartAsync();
        await scene.Transfers(200_000);
        ((long Resident, int Descriptors) server, (long Resident, int Descriptors) client) = (Scene.Holds(scene.Server), Scene.Holds(scene.Client));

        relay.Trouble = trouble;
        long length = Long.IsOn ? 5_000_000 : 200_000;
        await scene.Timed(
            $"8 streams of {length / 1000} kB with {trouble:P0} lost, late and twice",
            () => Task.WhenAll(Enumerable.Range(0, 4).Select(_ => scene.Transfers(length))));
        await scene.Pings();

        ((long Resident, int Descriptors) serverAfter, (long Resident, int Descriptors) clientAfter) = (Scene.Holds(scene.Server), Scene.Holds(scene.Client));
        Results.Write($"memory before and after: server {server.Resident} and {serverAfter.Resident} kB, client {client.Resident} and {clientAfter.Resident} kB");
        Assert.True(relay.Lost > 0, "nothing was lost");
        Assert.InRange(serverAfter.Descriptors, 0, server.Descriptors + 3);
        Assert.InRange(clientAfter.Descriptors, 0, client.Descriptors + 3);
        Assert.Equal(1, scene.Client.Count("Initialization Sequence Completed"));
    }
}
