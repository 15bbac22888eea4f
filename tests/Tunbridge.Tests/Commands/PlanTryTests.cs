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

    private static async Task<Process> StartTryAsync(TestNamespace space, string path)
    {
        Process process = space.StartTunbridge($"try --timeout 100 -f {path}");
        string? line = await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.Contains("applied; without confirmation it goes back in 100 s", line, StringComparison.Ordinal);
        return process;
    }
}
