// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text.Json;
using Tunbridge.Changes;
using Tunbridge.Testing;

namespace Tunbridge.Tests.Commands;

/// <summary>plan, restart, reload and try.</summary>
public sealed class PlanTryTests
{
    private const string Lab = """
        devices:
          tap3: {kind: tap, addresses: [10.3.0.1/24], routes: [{to: 10.33.0.0/16, via: 10.3.0.9}], rules: [{from: 10.3.0.0/24, table: 77, priority: 500}]}
        """;

    // A card that is there and changes, and one that comes, with a bridge.
    private const string Before = """
        devices:
          tap3: {kind: tap, addresses: [10.3.0.1/24, 'fd03::1/64'], routes: [{to: 10.33.0.0/16, via: 10.3.0.9}], rules: [{from: 10.3.0.0/24, table: 77, priority: 500}]}
        """;

    private const string Trial = """
        devices:
          tap3: {kind: tap, mtu: 1300, txqueuelen: 77, promiscuous: true, mac: '02:00:00:00:00:03', addresses: [10.3.0.2/24, 'fd03::2/64'], rules: [{from: 10.3.0.0/24, table: 78, priority: 501}], sysctl: {rp-filter: 2}}
          tap5: {kind: tap, addresses: [10.5.0.1/24], bridge: {name: brt, create: true}}
        """;

    private static ConfigurationText PrepareForTry(TestNamespace space)
    {
        // Addresses that are being tried out would change between two looks.
        space.Run(() => File.WriteAllText("/proc/sys/net/ipv6/conf/default/accept_dad", "0"));
        space.Run(() => File.WriteAllText("/proc/sys/net/ipv6/conf/default/addr_gen_mode", "1"));
        space.Ip("link add f0 type veth peer name f1");
        space.Ip("address add 10.99.0.1/24 dev f0");
        ConfigurationText file = new(Before);
        space.Must($"up -f {file.Path}");
        file.Write(Trial);
        return file;
    }

    [Fact]
    public void Plan_BeforeAndAfterUp_ShowsTheDifferenceAndThenNothing()
    {
        using TestNamespace space = new();
        using ConfigurationText file = new(Lab);

        string diff = space.Must($"plan -f {file.Path}");
        Assert.Contains("  tap3:\n+   kind: tap\n", diff, StringComparison.Ordinal);
        Assert.Contains("+   address: 10.3.0.1/24\n", diff, StringComparison.Ordinal);
        Assert.Contains("+   route: 10.33.0.0/16 via 10.3.0.9\n", diff, StringComparison.Ordinal);
        Assert.False(space.HasLink("tap3"));

        space.Must($"up -f {file.Path}");
        Assert.Equal("nothing to do\n", space.Must($"plan -f {file.Path}"));
        Assert.Equal(0, JsonDocument.Parse(space.Must($"plan -f {file.Path} --json")).RootElement.GetProperty("changes").GetArrayLength());

        space.Ip("link set tap3 mtu 1300");
        space.Ip("route del 10.33.0.0/16");
        Assert.Equal(
            "  tap3:\n-   mtu: 1300\n+   mtu: 1500\n+   route: 10.33.0.0/16 via 10.3.0.9\n", space.Must($"plan -f {file.Path}"));
    }

    [Fact]
    public void Reload_KindChanges_IsRefusedAndRestartMakesAnew()
    {
        using TestNamespace space = new();
        using ConfigurationText file = new("devices: {vpn0: {kind: tap}}");
        space.Must($"up -f {file.Path} --name r");
        using ConfigurationText changed = new("devices: {vpn0: {kind: tun}}");

        Assert.Contains("must be deleted and made anew", space.Tunbridge($"reload -f {changed.Path} --name r").AssertOneLine(1), StringComparison.Ordinal);
        Assert.Equal("tap", space.Link("vpn0").InfoData().GetProperty("type").GetString());
        CommandResult plan = space.Tunbridge($"plan -f {changed.Path} --name r --json");
        JsonElement refusal = Assert.Single(plan.Json().GetProperty("refusals").EnumerateArray());
        Assert.Equal((1, "vpn0", true), (plan.ExitCode, refusal.GetProperty("device").GetString(), refusal.GetProperty("remake").GetBoolean()));

        space.Must($"restart -f {changed.Path} --name r");
        Assert.Equal("tun", space.Link("vpn0").InfoData().GetProperty("type").GetString());
    }

    [Fact]
    public void Try_NoConfirmation_GoesBack()
    {
        using TestNamespace space = new();
        using ConfigurationText file = new(Lab);
        string before = space.Dump() + space.Ip("rule");

        CommandResult result = space.Tunbridge($"try --timeout 1 -f {file.Path}");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("gone back: no confirmation within 1 s", result.Error, StringComparison.Ordinal);
        Assert.Equal(before, space.Dump() + space.Ip("rule"));
    }

    [Theory]
    [InlineData("HUP", "the terminal is lost")]
    [InlineData("TERM", "interrupted")]
    public async Task Try_Signalled_GoesBack(string signal, string why)
    {
        using TestNamespace space = new();
        using ConfigurationText file = new(Lab);
        string before = space.Dump();
        using Process process = await StartTryAsync(space, file.Path);

        Tool.Signal(process, signal);
        CommandResult result = await Tool.EndAsync(process);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(why, result.Error, StringComparison.Ordinal);
        Assert.Equal(before, space.Dump());
    }

    [Fact]
    public async Task Try_ConfirmedFromElsewhere_Stays()
    {
        using TestNamespace space = new();
        using ConfigurationText file = new(Lab);
        using Process process = await StartTryAsync(space, file.Path);
        Assert.True(space.HasLink("tap3"));

        space.Must("try --confirm");
        CommandResult result = await Tool.EndAsync(process);

        Assert.Equal(0, result.ExitCode);
        Assert.True(space.HasLink("tap3"));
        Assert.Contains("no try is waiting", space.Tunbridge("try --confirm").AssertOneLine(1), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Try_KilledHard_GoesBackByItsGuardianOrTheNextCommand(bool withGuardian)
    {
        using TestNamespace space = new();
        using ConfigurationText file = PrepareForTry(space);
        string before = State(space);
        using Process process = await StartTryAsync(space, file.Path);
        Assert.NotEqual(before, State(space));
        if (!withGuardian)
            await EndGuardianAsync(process);

        process.Kill();
        // The guardian has the same standard error, so its end is that of both.
        CommandResult result = await Tool.EndAsync(process);

        if (withGuardian)
        {
            Assert.Contains("is taken back", result.Error, StringComparison.Ordinal);
        }
        else
        {
            using ConfigurationText another = new("devices: {}");
            CommandResult next = space.Tunbridge($"down -f {another.Path}");
            Assert.Equal((0, "nothing to do\n"), (next.ExitCode, next.Output));
            Assert.Contains("is taken back", next.Error, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("could not be undone", result.Error, StringComparison.Ordinal);
        Assert.Equal(before, State(space));
        Assert.Contains("no try is waiting", space.Tunbridge("try --confirm").AssertOneLine(1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Try_GuardianKilled_StillGoesBackOrStays()
    {
        using TestNamespace space = new();
        using ConfigurationText file = PrepareForTry(space);
        string before = State(space);
        using (Process process = await StartTryAsync(space, file.Path))
        {
            await EndGuardianAsync(process);
            Tool.Signal(process, "TERM");
            Assert.Contains("interrupted", (await Tool.EndAsync(process)).Error, StringComparison.Ordinal);
            Assert.Equal(before, State(space));
        }

        using (Process process = await StartTryAsync(space, file.Path))
        {
            await EndGuardianAsync(process);
            space.Must("try --confirm");
            Assert.Equal(0, (await Tool.EndAsync(process)).ExitCode);
        }

        Assert.Equal("nothing to do\n", space.Must($"up -f {file.Path}"));
    }

    [Fact]
    public async Task Try_TerminalClosed_GoesBack()
    {
        using TestNamespace space = new();
        using ConfigurationText file = new(Lab);
        string before = State(space);
        // The end of `script` closes the terminal below it.
        using Process terminal = TypedTerminal.Start(space, Tool.Path, "try", "--timeout", "100", "-f", file.Path);
        while (await terminal.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is string line &&
            !line.Contains("or Enter here", StringComparison.Ordinal))
            Assert.DoesNotContain("gone back", line, StringComparison.Ordinal);
        Assert.True(space.HasLink("tap3"));

        terminal.Kill();

        // Whoever takes the lock waits until it is done, by the program or by its guardian.
        space.Must($"down -f {file.Path}");
        Assert.Equal(before, State(space));
    }

    [Fact]
    public async Task Try_OfAnEarlierBoot_IsForgotten()
    {
        using TestNamespace space = new();
        using ConfigurationText file = new(Lab);
        using Process process = await StartTryAsync(space, file.Path);
        await EndGuardianAsync(process);
        process.Kill();
        await Tool.EndAsync(process);
        string record = space.Run(ChangeJournal.FindPath) + ".trial";
        string boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        string old = record.Replace(boot, "00000000-0000-0000-0000-000000000000", StringComparison.Ordinal);
        File.Move(record, old);

        Assert.Equal(("nothing to do\n", ""), (space.Must($"up -f {file.Path}"), space.Tunbridge($"up -f {file.Path}").Error));
        Assert.False(File.Exists(old));
    }

    [Fact]
    public void Try_KilledAtAnyStep_GoesBack()
    {
        RealTool.Require("strace");
        using ConfigurationText another = new("devices: {}");
        int killed = 0;
        // Each kind of step that changes the kernel, some of each; the writing of the record itself is among the renames.
        foreach ((string call, int number) in (ReadOnlySpan<(string, int)>)
            [("ioctl", 8), ("ioctl", 12), ("rename", 1), ("rename", 2), ("rename", 3), ("rename", 4), ("rename", 6), ("rename", 8), ("sendto", 12), ("sendto", 16), ("sendto", 20), ("sendto", 24)])
        {
            using TestNamespace space = new();
            using ConfigurationText file = PrepareForTry(space);
            string before = State(space);
            // Without -f only the program itself is killed, not its guardian.
            CommandResult tried = space.Exec("timeout", "180", "strace", "-qq", "-o", "/dev/null", "-e", $"trace={call}", "-e", $"inject={call}:signal=KILL:when={number}",
                Tool.Path, "try", "--timeout", "1", "-f", file.Path);
            Assert.True(tried.ExitCode is 137 or 1 && !tried.Error.Contains("refused", StringComparison.Ordinal), tried.Error);
            killed += tried.ExitCode == 137 ? 1 : 0;
            space.Must($"down -f {another.Path}");
            Assert.True(before == State(space), $"killed at {call} {number}: {space.Ip("-d addr")}{space.Ip("rule")}");
        }

        Assert.True(killed >= 8, $"only {killed} runs were killed");
    }

    [Fact]
    public async Task Set_AfterAKilledTry_TakesItBackAndSaysSo()
    {
        using TestNamespace space = new();
        space.Must("add mine --kind tap");
        using ConfigurationText file = new(Lab);
        using Process process = await StartTryAsync(space, file.Path);
        await EndGuardianAsync(process);
        process.Kill();
        await Tool.EndAsync(process);

        CommandResult result = space.Tunbridge("set mine --mtu 1300");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("is taken back", result.Error, StringComparison.Ordinal);
        Assert.False(space.HasLink("tap3"));
        Assert.Equal(1300, space.Link("mine").GetProperty("mtu").GetInt32());
    }

    [Fact]
    public void Up_CardsInTwoNamespaces_AreMadeInBothAndTakenAway()
    {
        using TestNamespace space = new();
        string other = $"tbt{Environment.ProcessId}";
        Assert.Equal(0, CommandResult.Of("ip", "netns", "add", other).ExitCode);
        try
        {
            using ConfigurationText file = new($"devices: {{tap1: {{kind: tap}}, tap2: {{kind: tap, netns: {other}}}}}");
            using ConfigurationText less = new("devices: {tap1: {kind: tap}}");
            space.Must($"up -f {file.Path} --name two");
            Assert.True(space.HasLink("tap1"));
            Assert.False(space.HasLink("tap2"));
            Assert.Equal(0, CommandResult.Of("ip", "-n", other, "link", "show", "tap2").ExitCode);
            space.Must($"status -f {file.Path} --name two");

            space.Must($"up -f {less.Path} --name two");
            Assert.NotEqual(0, CommandResult.Of("ip", "-n", other, "link", "show", "tap2").ExitCode);
        }
        finally
        {
            CommandResult.Of("ip", "netns", "del", other);
        }
    }

    [Fact]
    public void Journal_OfAnotherBoot_IsIgnoredAndRemoved()
    {
        using TestNamespace space = new();
        using ConfigurationText file = new("devices: {tap1: {kind: tap}}");
        string old = Path.Combine(StateDirectory.Prepare(), $"00000000-0000-0000-0000-{Environment.ProcessId:d12}-1.journal");
        File.WriteAllText(old, "{}");

        CommandResult result = space.Tunbridge($"up -f {file.Path}");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.False(File.Exists(old));
    }

    /// <summary>All but the IPv6 multicast route, which the kernel lays whenever a card without carrier changes.</summary>
    private static string State(TestNamespace space) =>
        System.Text.RegularExpressions.Regex.Replace(space.Dump(), @",?\{""type"":""multicast""[^}]*\}", "") + space.Ip("rule");

    /// <summary>Kills the guardian of a waiting try, which is its only child.</summary>
    private static async Task EndGuardianAsync(Process process)
    {
        string children = await File.ReadAllTextAsync($"/proc/{process.Id}/task/{process.Id}/children", TestContext.Current.CancellationToken);
        using Process guardian = Process.GetProcessById(int.Parse(Assert.Single(children.Split(' ', StringSplitOptions.RemoveEmptyEntries)), System.Globalization.CultureInfo.InvariantCulture));
        guardian.Kill();
        // Its parent is the try, whose child it stays until waited for; the end of its streams is enough to see.
        while (File.Exists($"/proc/{guardian.Id}/exe") && new FileInfo($"/proc/{guardian.Id}/exe").LinkTarget is not null)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TestContext.Current.CancellationToken);
    }

    private static async Task<Process> StartTryAsync(TestNamespace space, string path)
    {
        Process process = space.StartTunbridge($"try --timeout 100 -f {path}");
        string? line = await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.Contains("applied; without confirmation it goes back in 100 s", line, StringComparison.Ordinal);
        return process;
    }
}
