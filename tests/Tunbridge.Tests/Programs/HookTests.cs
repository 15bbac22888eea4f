// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text.Json;
using Tunbridge.Linux;
using Tunbridge.Testing;
using Tunbridge.Tests.Commands;

namespace Tunbridge.Tests.Programs;

/// <summary>Hooks: when they run, as whom, with what, and what their failing does.</summary>
public sealed class HookTests : IDisposable
{
    private readonly TestNamespace _space = new();
    private readonly ConfigurationText _file = new("devices: {}");
    private readonly string _log = Path.GetTempFileName();

    [Fact]
    public void UpAndDown_HooksOfEveryPhase_RunOnceInOrderWithTheirEnvironment()
    {
        _file.Write($$"""
            devices:
              tap0:
                kind: tap
                addresses: [10.3.0.1/24]
                hooks:
                  pre-up: {{Note("$COLOUR", "environment: {COLOUR: 'a blue'}")}}
                  post-up: {{Note("second")}}
                  pre-down: {{Note("")}}
                  post-down: {{Note("")}}
            """);
        string diff = Must("plan");
        Assert.Contains("+   hooks.pre-up: /bin/sh -c ", diff, StringComparison.Ordinal);
        Assert.Contains("+   hooks.post-up: /bin/sh -c ", diff, StringComparison.Ordinal);
        string[] actions = [.. JsonDocument.Parse(Must("plan --json")).RootElement.GetProperty("changes").EnumerateArray().Select(c => c.GetProperty("action").GetString()!)];
        Assert.Equal(("pre-up", "post-up"), (actions[0], actions[^1]));
        Must("up --dry-run");
        Assert.Empty(Log());

        Must("up");
        string[] up = Log();
        Assert.Equal(
            ["pre-up start pre-up tap0 tap lab static links=0 /dev/null a blue", "post-up start post-up tap0 tap lab static links=1 /dev/null second"], up);
        Assert.Equal("nothing to do\n", Must("up"));
        Assert.Equal(up, Log());

        Must("restart");
        Assert.Equal(
            ["pre-down", "post-down", "pre-up", "post-up"], Log()[2..].Select(l => l.Split(' ')[0]));
        Must("down");
        string[] down = Log()[6..];
        Assert.Equal(
            ["pre-down stop pre-down tap0 tap lab static links=1 /dev/null ", "post-down stop post-down tap0 tap lab static links=0 /dev/null "], down);
    }

    [Fact]
    public void Up_FirstOfTwoCardsGoesDownByTheFile_RunsItsHooksOnly()
    {
        _file.Write($"devices: {{tap0: {{kind: tap, hooks: {{pre-down: {Note("")}, post-up: {Note("")}}}}}, tap1: {{kind: tap, hooks: {{post-up: {Note("")}}}}}}}");
        Must("up");
        Assert.Equal(2, Log().Length);
        _file.Write(File.ReadAllText(_file.Path).Replace("tap0: {kind: tap", "tap0: {kind: tap, up: false", StringComparison.Ordinal));
        Must("up");
        Assert.StartsWith("pre-down stop pre-down tap0", Assert.Single(Log()[2..]), StringComparison.Ordinal);
    }

    [Fact]
    public void PostUp_Fails_TakesTheCardBackWithTheDownHooks()
    {
        _file.Write($$"""
            devices:
              tap0:
                kind: tap
                hooks:
                  pre-up: {{Note("")}}
                  post-up: ["echo some words; exit 3"]
                  pre-down: {{Note("")}}
                  post-down: ["exit 4"]
            """);
        string before = _space.Dump();
        CommandResult up = _space.Tunbridge(Line("up"));
        Assert.Equal(1, up.ExitCode);
        Assert.Contains("tunbridge: tap0 post-up: some words\n", up.Error, StringComparison.Ordinal);
        Assert.Contains("of tap0 ended with code 3. Everything is as it was before", up.Error, StringComparison.Ordinal);
        // What fails on the way back is told and keeps nothing.
        Assert.Contains("the post-down hook /bin/sh -c 'exit 4' of tap0 ended with code 4; tap0 goes on all the same", up.Error, StringComparison.Ordinal);
        Assert.Equal(before, _space.Dump());
        Assert.Equal(["pre-up", "pre-down"], Log().Select(l => l.Split(' ')[0]));
    }

    [Fact]
    public void PreUp_TakesTooLong_IsEndedWithAllItStarted()
    {
        _file.Write($$"""
            devices:
              tap0:
                kind: tap
                hooks:
                  pre-up: {command: "trap '' TERM; sleep 1000 & echo $! > {{_log}}; wait", timeout: 1s}
            """);
        string said = _space.Tunbridge(Line("up")).AssertOneLine(1);
        Assert.Contains("took longer than 1 seconds and was ended", said, StringComparison.Ordinal);
        Assert.False(_space.HasLink("tap0"));
        Assert.Null(ProcessHandle.FindStart(int.Parse(File.ReadAllText(_log), System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Down_HooksFail_AreToldAndTheCardGoes()
    {
        _file.Write("devices: {tap0: {kind: tap, hooks: {pre-down: [{command: [/nonexistent/program]}], post-down: ['kill -9 $$']}}}");
        Must("up");
        CommandResult down = _space.Tunbridge(Line("down"));
        Assert.Equal(0, down.ExitCode);
        Assert.Contains("the hook's program /nonexistent/program: No such file or directory", down.Error, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("was ended by signal 9", down.Error, StringComparison.Ordinal);
        Assert.False(_space.HasLink("tap0"));
    }

    [Fact]
    public void Hook_OfAUser_RunsAsItWithItsGroups()
    {
        RealRoot.Require();
        _file.Write("devices: {tap0: {kind: tap, hooks: {post-up: {command: 'id -u; id -G; grep CapEff /proc/self/status; echo $HOME', user: nobody}}}}");
        string said = _space.Tunbridge(Line("up")).Error;
        string groups = CommandResult.Of("id", "-G", "nobody").Output.TrimEnd();
        Assert.Contains("tap0 post-up: 65534\n", said, StringComparison.Ordinal);
        Assert.Contains($"tap0 post-up: {groups}\n", said, StringComparison.Ordinal);
        Assert.Contains("CapEff:\\x090000000000000000\n", said, StringComparison.Ordinal);
        Assert.Contains("tap0 post-up: /nonexistent\n", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Hook_OfACardInAnotherNamespace_RunsThere()
    {
        using TestNamespace other = new();
        using Process holder = other.Start("sleep", "1000");
        try
        {
            _file.Write($"devices: {{tap0: {{kind: tap, netns: /proc/{holder.Id}/ns/net, hooks: {{post-up: 'readlink /proc/self/ns/net > {_log}'}}}}}}");
            Must("up");
            Assert.Equal(other.Exec("readlink", "/proc/self/ns/net").Output, File.ReadAllText(_log));
            Must("down");
        }
        finally
        {
            holder.Kill();
        }
    }

    [Fact]
    public void Hook_ThatOthersMayWrite_IsRefusedForRoot()
    {
        RealRoot.Require();
        string program = Path.Combine(Path.GetDirectoryName(_file.Path)!, "hook.sh");
        File.WriteAllText(program, "#!/bin/sh\ntrue\n");
        Assert.Equal(0, CommandResult.Of("chmod", "777", program).ExitCode);
        _file.Write($"devices:\n  tap0:\n    kind: tap\n    hooks: {{post-up: [{{command: [{program}]}}]}}\n");
        string refusal = $"refused: {_file.Path}:4:23: refused as root: others may write the hook's program {program}; mend it with " +
            $"`chown root: {program} && chmod go-w {program}`, or run it as its owner with user:";
        Assert.Contains(refusal, _space.Tunbridge(Line("up")).AssertOneLine(1), StringComparison.Ordinal);
        Assert.Equal(0, CommandResult.Of("chmod", "644", program).ExitCode);
        Assert.Contains("is not executable", _space.Tunbridge(Line("up")).AssertOneLine(1), StringComparison.Ordinal);
        Assert.Equal(0, CommandResult.Of("chmod", "755", program).ExitCode);
        Must("up");
    }

    [Fact]
    public void Hook_ThatSaysMuch_IsCutAndDoesNotHang()
    {
        _file.Write("devices: {tap0: {kind: tap, hooks: {post-up: 'yes | head -c 3000000; head -c 3000000 /dev/zero; sleep 1000 & '}}}");
        CommandResult up = _space.Tunbridge(Line("up"));
        Assert.Equal(0, up.ExitCode);
        Assert.InRange(up.Error.Length, 1000, 2_000_000);
        Assert.Contains("what else it says is dropped", up.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kill_WhileAHookRuns_EndsItAndTheNextRunRunsItAgain()
    {
        _file.Write($"devices: {{tap0: {{kind: tap, hooks: {{post-up: [{{command: [/bin/sh, -c, 'echo $$ >> {_log}; exec sleep 1000']}}]}}}}}}");
        using Process run = _space.StartTunbridge(Line("up"));
        while (Log().Length == 0)
            await Task.Delay(50, TestContext.Current.CancellationToken);
        int hook = int.Parse(Log()[0], System.Globalization.CultureInfo.InvariantCulture);
        Tool.Signal(run, "KILL");
        await Tool.EndAsync(run);
        if (ProcessHandle.FindStart(hook) is long start && ProcessHandle.TryOpen(hook, start) is ProcessHandle orphan)
        {
            using (orphan)
                Assert.True(orphan.WaitForExit(Generous.Patience));
        }

        _file.Write($"devices: {{tap0: {{kind: tap, hooks: {{post-up: [{{command: [/bin/sh, -c, 'echo again >> {_log}']}}]}}}}}}");
        Assert.Contains("run the post-up hook of tap0", Must("up"), StringComparison.Ordinal);
        Assert.Equal("again", Log()[^1]);
        Assert.Equal("nothing to do\n", Must("up"));
    }

    [Theory]
    [InlineData(".launch", "tunbridge: .launch is for tunbridge itself, which tells it what to become")]
    [InlineData("tunbridge-dhcp-event", "tunbridge-dhcp-event: for DHCP clients, which call it")]
    public void InnerWords_OfAPerson_AreRefused(string word, string message)
    {
        CommandResult result = _space.Tunbridge(word);
        Assert.Equal((2, message + "\n"), (result.ExitCode, result.Error));
    }

    [Fact]
    public void Try_NotConfirmed_RunsTheDownHooksToo()
    {
        _file.Write($"devices: {{tap0: {{kind: tap, hooks: {{pre-up: {Note("")}, post-up: {Note("")}, pre-down: {Note("")}, post-down: {Note("")}}}}}}}");
        Assert.Equal(1, _space.Tunbridge(Line("try --timeout 1")).ExitCode);
        Assert.Equal(["pre-up", "post-up", "pre-down", "post-down"], Log().Select(l => l.Split(' ')[0]));
        Assert.False(_space.HasLink("tap0"));
    }

    public void Dispose()
    {
        File.Delete(_log);
        _file.Dispose();
        _space.Dispose();
    }

    /// <summary>A hook that writes down what it was given.</summary>
    private string Note(string word, string more = "timeout: 30s") =>
        $"{{command: [/bin/sh, -c, 'echo $TUNBRIDGE_PHASE $MODE $PHASE $IFACE $TUNBRIDGE_KIND $TUNBRIDGE_INSTANCE $METHOD " +
        $"links=$(ip link show dev $TUNBRIDGE_DEVICE 2>/dev/null | grep -c mtu) $(readlink /proc/self/fd/0) \"{word}\" >> {_log}'], {more}}}";

    private string[] Log() => File.ReadAllLines(_log);

    private string Line(string verb) => $"{verb} -f {_file.Path} --name lab";

    private string Must(string verb) => _space.Must(Line(verb));
}
