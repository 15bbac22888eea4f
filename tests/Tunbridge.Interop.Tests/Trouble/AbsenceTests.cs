// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Interop.Tests.Peers;

namespace Tunbridge.Interop.Tests.Trouble;

/// <summary>One side is away for a while. "neither" is the official program with itself, for its times.</summary>
public sealed class AbsenceTests
{
    // Seconds of silence after which a client begins anew, and how long a stopped process is stopped: over a minute in tests/soak.
    private static readonly int s_patience = Long.IsOn ? 60 : 5, s_absence = Long.IsOn ? 70 : 8;

    [Theory]
    [InlineData("client")]
    [InlineData("server")]
    [InlineData("neither")]
    public async Task Server_KilledAndStartedAnew_IsFoundAgain(string role)
    {
        using Scene scene = new(role);
        scene.Write("udp4", "keepalive 1 4\n");
        await scene.StartAsync();

        scene.Server.Kill();
        scene.StartServer();

        await scene.Timed("back after the server was killed (ping-restart 4)", () => scene.ConnectedAgain(2));
        await scene.Pings();
    }

    [Theory]
    [InlineData("client")]
    [InlineData("server")]
    [InlineData("neither")]
    public async Task Server_EndingWithNotice_IsFoundAgain(string role)
    {
        using Scene scene = new(role);
        scene.Write("udp4", "explicit-exit-notify 1\n");
        await scene.StartAsync();

        Assert.Equal(0, await scene.Server.StopAsync(TestContext.Current.CancellationToken));
        scene.StartServer();

        await scene.Timed("back after the server said goodbye", () => scene.ConnectedAgain(2));
        await scene.Pings();
    }

    [Theory]
    [InlineData("client", "server")]
    [InlineData("server", "server")]
    [InlineData("neither", "server")]
    [InlineData("client", "client")]
    [InlineData("server", "client")]
    [InlineData("neither", "client")]
    public async Task Peer_StoppedLongerThanPatience_IsFoundAgain(string role, string stopped)
    {
        using Scene scene = new(role);
        scene.Write("udp4", $"keepalive {s_patience / 5} {s_patience}\n");
        await scene.StartAsync();
        TunnelProcess process = stopped == "server" ? scene.Server : scene.Client;

        process.Signal("STOP");
        await Task.Delay(TimeSpan.FromSeconds(s_absence), TestContext.Current.CancellationToken);
        process.Signal("CONT");

        await scene.Timed($"packets pass after the {stopped} was stopped for {s_absence} s (ping-restart {s_patience})", scene.Pings);
    }
}
