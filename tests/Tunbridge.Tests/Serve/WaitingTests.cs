// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Tunbridge.Testing;
using Tunbridge.Tests.Commands;

namespace Tunbridge.Tests.Serve;

/// <summary>A service that waits for another run's `try` lives, says so, and can be ended.</summary>
public sealed class WaitingTests
{
    [Fact]
    public async Task Serve_WaitingForATry_PingsTellsAndEndsAtASignal()
    {
        using ServedFile served = new("on-drift: repair\ndevices: {tap3: {kind: tap, mtu: 1400}}");
        await served.HeardAsync("READY=1");
        using ConfigurationText other = new("devices: {tap9: {kind: tap}}");
        using Process holder = await HoldAsync(served, other);
        served.Space.Ip("link set tap3 mtu 1300");
        await served.HeardAsync("STATUS=waiting for another run");
        for (int i = 0; i < 3; i++)
            await served.HeardAsync("WATCHDOG=1");

        served.Tell("signal TERM");
        await served.HeardAsync("ended 0");

        // While it starts, too.
        served.Tell("start");
        await served.HeardAsync("EXTEND_TIMEOUT_USEC=60000000");
        served.Tell("signal INT");
        await served.HeardAsync("ended 0");
        Assert.Equal(1300, served.Space.Link("tap3").GetProperty("mtu").GetInt32());

        // And what it waited for goes on when it can.
        served.Tell("start");
        await served.HeardAsync("STATUS=waiting for another run");
        served.Space.Must("try --confirm");
        Assert.Equal(0, (await Tool.EndAsync(holder)).ExitCode);
        await served.HeardAsync("READY=1");
        Assert.Equal(1400, served.Space.Link("tap3").GetProperty("mtu").GetInt32());
    }

    [Fact]
    public async Task Serve_StopsWithCardsToRemoveWhileATryWaits_LeavesThemAndSaysSo()
    {
        using ServedFile served = new("on-stop: remove\ndevices: {tap3: {kind: tap}}");
        await served.HeardAsync("READY=1");
        using ConfigurationText other = new("devices: {tap9: {kind: tap}}");
        using Process holder = await HoldAsync(served, other);

        served.Tell("signal TERM");

        await served.HeardAsync("ended 1");
        Assert.Contains("did not end within 10 s: the cards stay", served.Log, StringComparison.Ordinal);
        Assert.True(served.Space.HasLink("tap3"));
        Tool.Signal(holder, "TERM");
        await Tool.EndAsync(holder);
    }

    [Fact]
    public async Task Monitor_OfAServiceWithTooManyClients_FailsWithTheReason()
    {
        using ServedFile served = new("devices: {tap3: {kind: tap}}");
        await served.HeardAsync("READY=1");
        List<StreamReader> clients = [];
        try
        {
            for (int i = 0; i < 64; i++)
            {
                clients.Add(served.Connect("monitor"));
                await served.EventAsync(clients[^1], e => e.GetProperty("event").GetString() == "listening");
            }

            Assert.Equal(
                "tunbridge: the service does not listen: 64 clients are connected, which is the limit",
                served.Space.Tunbridge($"monitor -f {served.File.Path} --name {served.Name}").AssertOneLine(1));
        }
        finally
        {
            clients.ForEach(c => c.Dispose());
        }

        served.Tell("signal TERM");
        await served.HeardAsync("ended 0");
        Assert.False(File.Exists($"/run/tunbridge/{served.Name}.serve"));
    }

    [Fact]
    public async Task Monitor_ReaderGone_EndsQuietly()
    {
        using ServedFile served = new("devices: {tap3: {kind: tap, mtu: 1400}}");
        await served.HeardAsync("READY=1");
        using Process monitor = served.Space.StartTunbridge($"monitor -f {served.File.Path} --name {served.Name}");
        Assert.NotNull(await monitor.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));

        monitor.StandardOutput.Close();
        served.Space.Ip("link set tap3 mtu 1300");

        string error = await monitor.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await monitor.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0, ""), (monitor.ExitCode, error));
    }

    private static async Task<Process> HoldAsync(ServedFile served, ConfigurationText file)
    {
        Process holder = served.Space.StartTunbridge($"try --timeout 3600 -f {file.Path} --name holder");
        Assert.Contains("applied", await holder.StandardError.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        return holder;
    }
}
