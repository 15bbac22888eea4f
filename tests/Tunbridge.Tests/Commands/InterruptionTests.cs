// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Tunbridge.Changes;
using Tunbridge.Testing;

namespace Tunbridge.Tests.Commands;

/// <summary>Signals in the middle of a plan or while it waits, two runs at once, and what is left in /run.</summary>
public sealed class InterruptionTests : IDisposable
{
    private readonly TestNamespace _space = new();
    private readonly ConfigurationText _file = new("devices: {}");
    private readonly string _mark = Path.GetTempFileName();

    [Theory]
    [InlineData("up", "TERM")]
    [InlineData("up", "INT")]
    [InlineData("up", "HUP")]
    [InlineData("down", "TERM")]
    [InlineData("restart", "INT")]
    public async Task Signal_WhileAHookRuns_TakesAllBackAndSaysSo(string verb, string signal)
    {
        string phase = verb == "up" ? "post-up" : "pre-down";
        _file.Write("devices: {tap0: {kind: tap, addresses: [10.3.0.1/24]}}");
        if (verb != "up")
            _space.Must($"up -f {_file.Path}");
        _file.Write($"devices: {{tap0: {{kind: tap, addresses: [10.3.0.1/24], hooks: {{{phase}: [{{command: [/bin/sh, -c, 'echo begun >> {_mark}; exec sleep 1000'], timeout: 900s}}]}}}}}}");
        string before = Links();
        using Process process = _space.StartTunbridge($"{verb} -f {_file.Path}");
        while (!(await File.ReadAllTextAsync(_mark, TestContext.Current.CancellationToken)).Contains("begun", StringComparison.Ordinal))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken);

        Tool.Signal(process, signal);

        CommandResult result = await Tool.EndAsync(process);
        Assert.Equal((1, "tunbridge: interrupted. Everything is as it was before\n"), (result.ExitCode, result.Error));
        Assert.Equal(before, Links());
        Assert.Empty(Directory.GetFiles(StateDirectory.Prepare(), $"{Path.GetFileName(_space.Run(ChangeJournal.FindPath))}*"));
    }

    [Theory]
    [InlineData("up")]
    [InlineData("down")]
    [InlineData("restart")]
    public void Signal_AtAnyStep_LeavesAllOrNothing(string verb)
    {
        RealTool.Require("strace");
        _file.Write("devices: {tap0: {kind: tap, addresses: [10.3.0.1/24], mtu: 1400}, tap1: {kind: tap, bridge: {name: brq, create: true}}}");
        int back = 0, done = 0;
        foreach ((string call, int number) in (ReadOnlySpan<(string, int)>)[("rename", 1), ("rename", 2), ("rename", 4), ("rename", 6), ("sendto", 6), ("sendto", 10), ("sendto", 14), ("sendto", 18), ("sendto", 30)])
        {
            _space.Must($"down -f {_file.Path}");
            if (verb != "up")
                _space.Must($"up -f {_file.Path}");
            CommandResult result = _space.Exec("timeout", "180", "strace", "-f", "-qq", "-o", "/dev/null", "-e", $"trace={call}", "-e", $"inject={call}:signal=TERM:when={number}",
                Tool.Path, verb, "-f", _file.Path);
            int status = _space.Tunbridge($"status -f {_file.Path}").ExitCode;
            bool isWhole = status == 0, isNothing = !_space.HasLink("tap0") && !_space.HasLink("tap1") && !_space.HasLink("brq");
            // Before the first step, and after the last one, it simply ends.
            if (result.ExitCode == 143)
            {
                Assert.True(isWhole || isNothing, $"{verb} at {call} {number}: ended by the signal, status {status}, {_space.Ip("-br link")}");
                continue;
            }

            Assert.True(result.ExitCode is 0 or 1, $"{call} {number}: {result.ExitCode} {result.Error}");
            bool hasFailed = result.ExitCode == 1;
            back += hasFailed ? 1 : 0;
            done += hasFailed ? 0 : 1;
            bool wanted = verb switch { "up" => hasFailed ? isNothing : isWhole, "down" => hasFailed ? isWhole : isNothing, _ => isWhole };
            Assert.True(wanted, $"{verb} at {call} {number}: exit {result.ExitCode} {result.Error}, status {status}, {_space.Ip("-br link")}");
        }

        Assert.True(back > 0, $"{back} taken back, {done} done");
    }

    [Fact]
    public async Task Signal_WhileWaitingForAnotherRun_EndsTheWaiting()
    {
        using ConfigurationText other = new("devices: {tap9: {kind: tap}}");
        using Process holder = _space.StartTunbridge($"try --timeout 1000 -f {other.Path} --name holder");
        Assert.Contains("applied", await holder.StandardError.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        _file.Write("devices: {tap0: {kind: tap}}");
        using Process process = _space.StartTunbridge($"up -f {_file.Path}");
        Assert.Contains("waiting for it", await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);

        Tool.Signal(process, "TERM");

        CommandResult result = await Tool.EndAsync(process);
        Assert.Equal((1, "tunbridge: interrupted\n"), (result.ExitCode, result.Error));
        Assert.False(_space.HasLink("tap0"));
        _space.Must("try --confirm");
        Assert.Equal(0, (await Tool.EndAsync(holder)).ExitCode);
    }

    [Fact]
    public async Task TwoRuns_OverTheSameNamespacesInOppositeOrder_BothEnd()
    {
        string[] names = [$"tbx{Environment.ProcessId}", $"tby{Environment.ProcessId}"];
        try
        {
            foreach (string name in names)
                Assert.Equal(0, CommandResult.Of("ip", "netns", "add", name).ExitCode);
            // Each holds its first lock while the other takes its own.
            const string Slow = "hooks: {pre-up: [{command: [/bin/sleep, '1']}]}";
            _file.Write($"devices: {{tap1: {{kind: tap, {Slow}}}, tap2: {{kind: tap, netns: {names[1]}, {Slow}}}}}");
            using ConfigurationText second = new($"devices: {{tap3: {{kind: tap, {Slow}}}, tap4: {{kind: tap, netns: {names[0]}, {Slow}}}}}");
            using Process one = _space.Start("timeout", "180", Tool.Path, "up", "--netns", names[0], "-f", _file.Path, "--name", "one");
            using Process two = _space.Start("timeout", "180", Tool.Path, "up", "--netns", names[1], "-f", second.Path, "--name", "two");

            CommandResult[] results = await Task.WhenAll(Tool.EndAsync(one), Tool.EndAsync(two));

            Assert.All(results, r => Assert.True(r.ExitCode == 0, r.Error));
            foreach ((string name, string card) in (ReadOnlySpan<(string, string)>)[(names[0], "tap1"), (names[1], "tap2"), (names[1], "tap3"), (names[0], "tap4")])
                Assert.Equal(0, CommandResult.Of("ip", "-n", name, "link", "show", card).ExitCode);
        }
        finally
        {
            foreach (string name in names)
                CommandResult.Of("ip", "netns", "del", name);
        }
    }

    [Fact]
    public async Task ManyRunsAtOnce_AllSucceedAndLeaveNoLock()
    {
        string path = _space.Run(ChangeJournal.FindPath);
        string probe = Path.Combine(StateDirectory.Prepare(), $".probe-{int.MaxValue}");
        await File.WriteAllTextAsync(probe, "", TestContext.Current.CancellationToken);
        Process[] runs = [.. Enumerable.Range(0, 8).Select(i => _space.StartTunbridge($"add tap{i} --owner root"))];

        foreach (Process run in runs)
        {
            CommandResult result = await Tool.EndAsync(run);
            Assert.True(result.ExitCode == 0, result.Error);
            run.Dispose();
        }

        Assert.All(Enumerable.Range(0, 8), i => Assert.True(_space.HasLink($"tap{i}")));
        Assert.False(File.Exists(path + ".lock"));
        Assert.False(File.Exists(probe));
    }

    [Fact]
    public void Up_DamagedRecords_AreToldOnceAndPassedOver()
    {
        _file.Write("devices: {tap0: {kind: tap}}");
        _space.Must($"up -f {_file.Path}");
        string path = _space.Run(ChangeJournal.FindPath);
        string[] damaged = [path + ".rules", path + ".pending", path + "-tap0.dns", path + "-tap0-4.dhcp"];
        foreach (string file in damaged)
            File.WriteAllText(file, "{ no");

        CommandResult result = _space.Tunbridge($"up -f {_file.Path}");

        Assert.Equal((0, "nothing to do\n"), (result.ExitCode, result.Output));
        Assert.All(damaged, file => Assert.Contains($"note: {file} is damaged", result.Error, StringComparison.Ordinal));
        Assert.Equal("", _space.Tunbridge($"up -f {_file.Path}").Error);
    }

    public void Dispose()
    {
        File.Delete(_mark);
        _file.Dispose();
        _space.Dispose();
    }

    private string Links() => _space.Dump();
}
