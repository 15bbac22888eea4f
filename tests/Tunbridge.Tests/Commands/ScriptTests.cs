// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Tunbridge.Testing;

namespace Tunbridge.Tests.Commands;

/// <summary>The ./tunbridge of the repository: builds when needed, then is the program.</summary>
public sealed class ScriptTests(ScriptTree tree) : IClassFixture<ScriptTree>
{
    private const string AsNobody = "setpriv --reuid 65534 --regid 65534 --clear-groups";

    [Fact]
    public void FirstStarts_SeveralAtOnce_AllSucceedAndOneBuilds()
    {
        Assert.All(tree.FirstStarts, r => Assert.True(r.ExitCode == 0, r.Error));
        Assert.All(tree.FirstStarts, r => Assert.Matches(@"^\d+\.\d+\.\d+\S*\nencryption: .+\n$", r.Output));
        Assert.Single(tree.FirstStarts, r => r.Error.Contains("built", StringComparison.Ordinal));
        Assert.All(Directory.EnumerateFileSystemEntries(tree.Elsewhere), f => Assert.EndsWith("global.json", f, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_OnceBuilt_IsSilentAndQuickFromAnywhere()
    {
        using Process again = tree.Start(tree.Script, "--version");
        CommandResult result = await Tool.EndAsync(again);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
    }

    [Theory]
    [InlineData("list", 0)]
    [InlineData("status", 3)]
    [InlineData("show nosuch", 1)]
    [InlineData("add a/b", 2)]
    [InlineData("up -f /nosuch", 6)]
    public void ExitCodeAndStreams_AreTheProgramsOwn(string line, int code)
    {
        using TestNamespace space = new();
        CommandResult ours = space.Exec(tree.Script, Tool.Words(line));
        CommandResult program = space.Tunbridge(line);
        Assert.Equal((code, program.Output, program.Error), (ours.ExitCode, ours.Output, ours.Error));
    }

    [Fact]
    public async Task Signal_ReachesTheProgram()
    {
        using TestNamespace space = new();
        space.Ip("tuntap add card mode tap");
        using Process capture = space.Start(tree.Script, "capture", "card", "-w", "/dev/null");
        // Said when the program listens for signals.
        Assert.Contains("is down", await capture.StandardError.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Tool.Signal(capture, "INT");
        CommandResult result = await Tool.EndAsync(capture);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("0 packets captured", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Symlinks_AreTheProgramsOfTheirNames()
    {
        using TestNamespace space = new();
        foreach (string name in (string[])["tb", "tunctl", "ifconfig"])
            File.CreateSymbolicLink(Path.Combine(tree.Root, "docs", name), "../tunbridge");
        // A link to a link, from another folder.
        string twice = Path.Combine(tree.Elsewhere, "tb2");
        File.CreateSymbolicLink(twice, Path.Combine(tree.Root, "docs", "tb"));
        try
        {
            Assert.Equal(0, space.Exec(twice, "list").ExitCode);
            CommandResult tunctl = space.Exec(Path.Combine(tree.Root, "docs", "tunctl"), "-t", "tap4", "-u", "root");
            Assert.Equal((0, "Set 'tap4' persistent and owned by uid 0\n"), (tunctl.ExitCode, tunctl.Output));
            CommandResult ifconfig = space.Exec(Path.Combine(tree.Root, "docs", "ifconfig"), "tap4");
            Assert.StartsWith("tap4: flags=", ifconfig.Output, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(twice);
        }
    }

    [Fact]
    public void OtherUser_WithoutWriteAccess_StartsIt()
    {
        RealTool.Require("setpriv");
        using TestNamespace space = new();
        CommandResult result = space.Exec(
            "bash", "-c", $"cd / && exec {AsNobody} env -i PATH=/usr/bin:/bin HOME=/nonexistent \"$1\" list --json", "bash", tree.Script);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(0, result.Json().GetProperty("devices").GetArrayLength());
    }

    [Fact]
    public void NoSdk_SaysWhatToInstall_AndABuiltTreeNeedsNone()
    {
        RealTool.Require("unshare", "setpriv");
        using TestNamespace space = new();
        string bare = Path.Combine(tree.Elsewhere, "bare");
        Directory.CreateDirectory(bare);
        File.Copy(tree.Script, Path.Combine(bare, "tunbridge"));
        try
        {
            // Mounts of its own, where every dotnet that could be found cannot be run.
            CommandResult result = space.Exec(
                "unshare", "--mount", "--propagation", "private", "bash", "-c",
                """
                for d in $(type -ap dotnet) /usr/lib/dotnet/dotnet /usr/share/dotnet/dotnet "$HOME/.dotnet/dotnet"; do
                    [ -e "$d" ] && mount --bind /dev/null "$(readlink -f "$d")"
                done
                unset DOTNET_ROOT
                export HOME=/nonexistent
                "$1" --version || exit 7
                exec "$2" --version
                """,
                "bash", tree.Script, Path.Combine(bare, "tunbridge"));
            Assert.Equal(1, result.ExitCode);
            Assert.Matches(@"^\d+\.\d+\.\d+\S*\nencryption: .+\n$", result.Output);
            Assert.Equal(1, result.Error.Count(c => c == '\n'));
            foreach (string said in (string[])[".NET 10 SDK", "dotnet-sdk-10.0", "https://dotnet.microsoft.com"])
                Assert.Contains(said, result.Error, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(bare, recursive: true);
        }
    }

    [Fact]
    public void DotnetRoot_OfAnotherRuntime_DoesNotMatter()
    {
        using TestNamespace space = new();
        CommandResult result = space.Exec("env", $"DOTNET_ROOT={tree.Elsewhere}", tree.Script, "--version");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
    }

    [Fact]
    public void DeletedSource_IsSeen()
    {
        using TestNamespace space = new();
        string source = Path.Combine(tree.Root, "src", "Tunbridge", "ExitCode.cs");
        string away = Path.Combine(tree.Elsewhere, "ExitCode.cs");
        File.Move(source, away);
        try
        {
            // It does not compile without, so the attempt shows.
            CommandResult result = space.Exec(tree.Script, "--version");
            Assert.Equal((1, ""), (result.ExitCode, result.Output));
            Assert.Contains("ExitCode", result.Error, StringComparison.Ordinal);
        }
        finally
        {
            File.Move(away, source);
        }

        CommandResult again = space.Exec(tree.Script, "--version");
        Assert.Equal((0, ""), (again.ExitCode, again.Error));
    }

    [Fact]
    public void ChangedSource_ThatDoesNotCompile_IsToldAndTheOldProgramStays()
    {
        using TestNamespace space = new();
        string broken = Path.Combine(tree.Root, "src", "Tunbridge", "Broken.cs");
        File.WriteAllText(broken, "this does not compile\n");
        try
        {
            CommandResult result = space.Exec(tree.Script, "--version");
            Assert.Equal((1, ""), (result.ExitCode, result.Output));
            Assert.Contains("Broken.cs", result.Error, StringComparison.Ordinal);
            Assert.Contains("build.log", result.Error, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(broken);
        }

        // The sources are as they were, and so is the program.
        Assert.Equal(0, space.Exec(tree.Script, "--version").ExitCode);
    }
}
