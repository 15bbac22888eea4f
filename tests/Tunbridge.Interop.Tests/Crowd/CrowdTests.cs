// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Tunbridge.Interop.Tests.Cases;
using Tunbridge.Interop.Tests.Peers;
using Tunbridge.Interop.Tests.Trouble;

namespace Tunbridge.Interop.Tests.Crowd;

/// <summary>Many clients of ours come to one server of ours at once; an official one among them keeps its connection.</summary>
/// <remarks>How long they take and what memory each of them costs is measured and printed by tests/soak/interop, with 500.</remarks>
[Collection(AloneCollection.Name)]
public sealed class CrowdTests
{
    private static readonly int s_count = Long.IsOn ? 500 : 50;

    [Fact]
    public async Task Clients_AllAtOnce_ConnectAndRenewKeysAndDisturbNobody()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using Scene scene = new("server");
        scene.Write("udp4", $"duplicate-cn\nconnect-freq-initial 10000 10\nmax-clients 1000\nreneg-sec {(Long.IsOn ? 90 : 20)}\n", "reneg-sec 0\n");
        string server = scene.Hosts.At("server.conf");
        File.WriteAllText(server, File.ReadAllText(server).Replace("255.255.255.0", "255.255.252.0", StringComparison.Ordinal));
        await scene.StartAsync();
        await using EchoStream stream = new(scene.Hosts.Client, scene.Hosts.Server, CaseFiles.Inner4);
        await scene.Until(() => stream.Back > 50, "echoes");
        long before = Resident(scene.Server);

        string text = File.ReadAllText(scene.Hosts.At("client.ovpn"));
        List<CrowdClient> clients = [];
        try
        {
            long began = Stopwatch.GetTimestamp();
            for (int i = 0; i < s_count; i++)
                clients.Add(await CrowdClient.StartAsync(text, scene.Hosts.Client.Namespace));
            await scene.Until(() => clients.TrueForAll(c => c.IsConnected), "all connected");
            double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            long connected = Resident(scene.Server);
            await scene.Until(() => scene.Server.Count("Control Channel: TLSv1.3") >= 2 * (s_count + 1), "a new key for each");

            long after = Resident(scene.Server);
            // The keys of before live on for ten seconds, and the server cleans up when it has been calm for fifteen.
            if (Long.IsOn)
                await Task.Delay(TimeSpan.FromSeconds(40), cancellation);
            long calm = Resident(scene.Server);
            Results.Write($"{s_count} clients: connected after {seconds:F1} s; the server's memory: {before} kB before, {connected} kB with all, {after} kB after new keys: {(after - before) / (double)s_count:F0} kB each, {(calm - before) / (double)s_count:F0} kB each when it has been calm");
            Assert.Equal(0, clients.Sum(c => c.Restarts));
        }
        finally
        {
            await Task.WhenAll(clients.Select(c => c.DisposeAsync().AsTask()));
        }

        int lost = await stream.StopAsync(cancellation);
        Results.Write($"the official client among them: {stream.Sent} echoes, {lost} lost");
        Assert.Equal(1, scene.Client.Count("Initialization Sequence Completed"));
        await scene.Pings();
    }

    private static long Resident(TunnelProcess process) => Scene.Holds(process).Resident;
}
