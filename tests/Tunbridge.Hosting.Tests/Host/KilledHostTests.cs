// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Tunbridge.Changes;
using Tunbridge.Devices;
using Tunbridge.Linux;

namespace Tunbridge.Hosting.Tests;

/// <summary>A process with a tunnel is killed with SIGKILL: this program itself, started once more.</summary>
public sealed class KilledHostTests
{
    private const string Variable = "TUNBRIDGE_TEST_KILLED_HOST";

    [Fact]
    public async Task Host_WhoseProcessIsKilled_IsAsBeforeAfterTheNextStart()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { } victim)
        {
            await RunUntilKilledAsync(victim);
            return;
        }
        await using HostRig rig = new();
        rig.CloseCard();
        string before = rig.Routes();
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardOutput = true };
        start.ArgumentList.Add("--filter-method");
        start.ArgumentList.Add($"*{nameof(Host_WhoseProcessIsKilled_IsAsBeforeAfterTheNextStart)}");
        start.Environment[Variable] = $"/proc/{rig.Holder()}/ns/net";
        using Process process = Process.Start(start)!;
        await Eventually.Holds(() => rig.Routes().Contains("default via 10.8.0.1 dev tun0", StringComparison.Ordinal) || process.HasExited, "the victim's routes", rig.Routes);

        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await Eventually.Holds(() => !rig.Routes().Contains("tun0", StringComparison.Ordinal), "the card goes with its process", rig.Routes);
        string left = rig.Routes();
        TunnelHost next = rig.Host();
        await next.RecoverAsync(TestContext.Current.CancellationToken);

        Assert.Contains("default via 192.168.7.1", left, StringComparison.Ordinal);
        Assert.NotEqual(before, left);
        Assert.Equal(before, rig.Routes());
        Assert.Empty(rig.Space.Run(TunnelRecord.ListDead));
    }

    private static async Task RunUntilKilledAsync(string place)
    {
        using NetworkNamespace space = NetworkNamespace.OpenByPath(place);
        using TunDevice card = TunDevice.Create(new DeviceOptions { Name = "tun0", Namespace = space });
        await using TunnelHost host = new(new() { Tunnel = "victim", Log = new KeptLog(), Namespace = space });
        await host.ApplyAsync("tun0", HostRig.Demand(new(), HostRig.Route("198.51.100.0/24", outside: true)), TestContext.Current.CancellationToken);
        await Task.Delay(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
    }
}
