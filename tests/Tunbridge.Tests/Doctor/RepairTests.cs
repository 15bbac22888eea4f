// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Tunbridge.Doctor;
using Tunbridge.Linux;
using Tunbridge.Testing;

namespace Tunbridge.Tests.Doctor;

/// <summary>`--fix`, on a private /dev and with a modprobe of the test's own.</summary>
public sealed class RepairTests
{
    private const string LoadingModprobe = "echo '200 tun' >> \"$root/proc/misc\"";

    [Fact]
    public void Fix_WithYes_RunsModprobeMakesTheNodeAndWritesTheBootFile()
    {
        Assert.SkipUnless(ProcessIdentity.Has(Capability.Mknod), "making nodes needs CAP_MKNOD");
        using TestNamespace space = new();
        using PrivateMachine machine = new PrivateMachine().Module().Modprobe(LoadingModprobe);
        (int exit, JsonElement document, string error) = Fix(space, machine);
        Assert.Equal("tun\n", machine.Read("/modprobe.log"));
        DeviceNode? node = DeviceNode.TryRead(machine.At("/dev/net/tun"), out _);
        Assert.True(node is { IsCharacterDevice: true, Major: 10, Minor: 200, Mode: 0x1b6 }, $"{node}");
        Assert.EndsWith("\ntun\n", machine.Read("/etc/modules-load.d/tun.conf"), StringComparison.Ordinal);
        Assert.Equal(
            ["load-module", "make-node", "load-at-boot"],
            document.GetProperty("repairs").EnumerateArray().Select(r => r.GetProperty("repair").GetString()));
        Assert.All(document.GetProperty("repairs").EnumerateArray(), r => Assert.True(r.GetProperty("done").GetBoolean()));
        Assert.Contains("/etc/modules-load.d/tun.conf written", error, StringComparison.Ordinal);
        // Examined again: it works now.
        Assert.True(document.GetProperty("usable").GetBoolean());
        Assert.Equal(0, exit);
    }

    [Fact]
    public void Fix_ModprobeFails_SaysWhatItSaid()
    {
        using TestNamespace space = new();
        using PrivateMachine machine = new PrivateMachine().Module().Modprobe("echo 'modprobe: FATAL: no such luck' >&2; exit 1");
        (_, JsonElement document, string error) = Fix(space, machine);
        JsonElement first = document.GetProperty("repairs")[0];
        Assert.False(first.GetProperty("done").GetBoolean());
        Assert.Contains("no such luck", first.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("no such luck", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Fix_ModuleBlocked_OffersNoModprobe()
    {
        using TestNamespace space = new();
        using PrivateMachine machine = new PrivateMachine().Module().Modprobe(LoadingModprobe)
            .File("/etc/modprobe.d/hard.conf", "install tun /bin/false\n");
        (_, JsonElement document, _) = Fix(space, machine);
        Assert.Null(machine.Read("/modprobe.log"));
        Assert.DoesNotContain(document.GetProperty("repairs").EnumerateArray(), r => r.GetProperty("repair").GetString() == "load-module");
    }

    [Fact]
    public void Fix_WithoutTerminal_ChangesNothingAndPrintsTheCommands()
    {
        using TestNamespace space = new();
        CommandResult result = DoctorRun.Shell(space, """
            code=0
            $program doctor --fix < /dev/null || code=$?
            [ ! -e /dev/net/tun ]
            exit $code
            """);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("--yes", result.Error, StringComparison.Ordinal);
        Assert.Contains("  mknod /dev/net/tun c 10 200\n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Fix_WithYesOnTheRealPath_MakesAWorkingNode()
    {
        using TestNamespace space = new();
        CommandResult result = DoctorRun.Shell(space, """
            $program doctor --fix --yes < /dev/null
            stat -c '%F %t:%T %a' /dev/net/tun
            """);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.EndsWith("character special file a:c8 666\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("made: 10:200, mode 0666", result.Error, StringComparison.Ordinal);
        Assert.Contains("fail  node", result.Output, StringComparison.Ordinal);
        Assert.Contains("ok    node", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("y", 0)]
    [InlineData("n", 1)]
    public void Fix_OnATerminal_AsksFirst(string answer, int exit)
    {
        RealTool.Require("script");
        using TestNamespace space = new();
        // `script` gives the program a terminal of its own and types the answer into it.
        CommandResult result = DoctorRun.Shell(space, $"""
            code=0
            echo {answer} | SHELL=/bin/sh script -qec "exec $program doctor --fix" /dev/null || code=$?
            if [ {exit} = 0 ]; then [ -c /dev/net/tun ]; else [ ! -e /dev/net/tun ]; fi
            exit $code
            """);
        Assert.True(result.ExitCode == exit, result.Output + result.Error);
        Assert.Contains("Make /dev/net/tun (character device 10:200, mode 0666)? [y/N]", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Fix_NothingToDo_SaysSo()
    {
        using TestNamespace space = new();
        CommandResult result = DoctorRun.Shell(space, "mknod -m 666 /dev/net/tun c 10 200; $program doctor --fix < /dev/null");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("nothing that --fix can do", result.Error, StringComparison.Ordinal);
    }

    private static (int Exit, JsonElement Document, string Error) Fix(TestNamespace space, PrivateMachine machine)
    {
        using StringWriter output = new(), error = new();
        int exit = space.Run(() => DoctorCommand.Run(
            new(), new() { Json = true, Fix = true, Yes = true }, machine.Root, output, error));
        return (exit, JsonDocument.Parse(output.ToString()).RootElement, error.ToString());
    }
}
