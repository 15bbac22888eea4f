// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Tunbridge.Changes;
using Tunbridge.Devices;
using Tunbridge.Linux;
using Tunbridge.Testing;

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

    /// <summary>
    /// Killed in the middle of ApplyAsync: strace kills the victim at a thread's n-th system call of a kind. Which step that is differs from run
    /// to run; that the host is as before does not. All calls in tests/soak.
    /// </summary>
    [Fact]
    public async Task Host_WhoseProcessIsKilledAnywhere_IsAsBeforeAfterTheNextStart()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { } victim)
        {
            await RunUntilKilledAsync(victim);
            return;
        }
        RealTool.Require("strace");
        bool isSoak = Environment.GetEnvironmentVariable("TUNBRIDGE_SOAK") == "1";
        (string Call, int Number)[] points = isSoak
            ? [.. Enumerable.Range(1, 6).Select(n => ("rename", n)), .. Enumerable.Range(1, 60).Select(n => ("sendto", n))]
            : [("rename", 1), ("sendto", 12), ("sendto", 16), ("sendto", 20)];
        await using HostRig rig = new();
        rig.CloseCard();
        string before = rig.Routes();
        string place = $"/proc/{rig.Holder()}/ns/net";
        int killed = 0;
        foreach ((string call, int number) in points)
        {
            ProcessStartInfo start = new("strace") { RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (string word in (string[])["-f", "-qq", "-o", "/dev/null", "-e", $"trace={call}", "-e", $"inject={call}:signal=KILL:when={number}", Environment.ProcessPath!,
                "--filter-method", $"*{nameof(Host_WhoseProcessIsKilledAnywhere_IsAsBeforeAfterTheNextStart)}"])
                start.ArgumentList.Add(word);
            start.Environment[Variable] = place;
            using Process process = Process.Start(start)!;
            process.OutputDataReceived += static (_, _) => { };
            process.BeginOutputReadLine();
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            await Eventually.Holds(() => process.HasExited || rig.Routes().Contains("default via 10.8.0.1 dev tun0", StringComparison.Ordinal), "killed, or done", rig.Routes);
            killed += process.HasExited ? 1 : 0;
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            await Eventually.Holds(() => !rig.Space.Ip("link").Contains("tun0", StringComparison.Ordinal), "the card goes with its process", rig.Routes);

            await rig.Host().RecoverAsync(TestContext.Current.CancellationToken);

            Assert.Equal($"{call} {number}\n{before}", $"{call} {number}\n{rig.Routes()}");
            Assert.Empty(rig.Space.Run(TunnelRecord.ListDead));
        }
        Assert.True(killed > 0, "strace has killed nobody in the middle");
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
