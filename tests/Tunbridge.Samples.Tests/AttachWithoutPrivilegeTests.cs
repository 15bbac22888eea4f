// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Tunbridge.Linux;
using Tunbridge.Testing;

namespace Tunbridge.Samples.Tests;

/// <summary>The sample AttachWithoutPrivilege as a user without any capability, on a node of its own.</summary>
public sealed class AttachWithoutPrivilegeTests : IDisposable
{
    private const string Owner = "54321";
    private const string Stranger = "54322";

    private readonly TestNamespace _ns = new();
    private readonly TemporaryFolder _folder = new("samples", isForAll: true);

    public void Dispose()
    {
        _ns.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Owner_AttachesAndSeesWhatTheKernelSends()
    {
        string node = Prepare();
        using RunningProgram sample = Start(Owner, "tap0", node);
        await sample.WaitForLineAsync("attached to tap0");

        _ = _ns.Exec("ping", "-c", "1", "-W", "1", "192.168.0.2"); // nobody answers; its question is what counts

        string line = await sample.WaitForLineAsync("ARP");
        Assert.Contains("192.168.0.2", line, StringComparison.Ordinal);
        CommandResult end = await sample.InterruptAsync();
        Assert.Equal((0, ""), (end.ExitCode, end.Error));
        Assert.EndsWith("detached\n", end.Output, StringComparison.Ordinal);
        Assert.Contains("tap0", _ns.Ip("link show dev tap0"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stranger_IsRefusedWithTheReason()
    {
        string node = Prepare();
        using RunningProgram sample = Start(Stranger, "tap0", node);
        CommandResult end = await sample.WaitForEndAsync();
        Assert.Equal((1, ""), (end.ExitCode, end.Output));
        Assert.Contains("tap0", end.Error, StringComparison.Ordinal);
        Assert.Contains(Owner, end.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Owner_OfACardThatIsNot_IsToldSo()
    {
        string node = Prepare();
        using RunningProgram sample = Start(Owner, "tap9", node);
        CommandResult end = await sample.WaitForEndAsync();
        Assert.Equal((1, ""), (end.ExitCode, end.Output));
        Assert.Contains("tap9", end.Error, StringComparison.Ordinal);
    }

    // A card of Owner, a node every user may open, and a copy of the program that every user may read.
    private string Prepare()
    {
        RealTool.Require("ip", "ping", "setpriv", "mknod");
        string node = _folder.At("tun");
        CommandResult made = CommandResult.Of("mknod", "-m", "666", node, "c", "10", "200");
        Assert.SkipUnless(made.ExitCode == 0, $"no node can be made here: {made.Error}");
        using (FileDescriptor? opened = FileDescriptor.TryOpen(node, OpenMode.ReadWrite, out Errno errno))
            Assert.SkipWhen(opened is null, $"{node} cannot be opened: {errno}");
        Copy(Tree.SampleOutput("AttachWithoutPrivilege"), _folder.At("program"));
        CommandResult other = AsUser(Stranger, Path.Combine(DotnetRoot, "dotnet"), "--list-runtimes");
        Assert.SkipUnless(other.ExitCode == 0, $"other users cannot run .NET programs here: {other.Error}");

        _ns.Ip($"tuntap add dev tap0 mode tap user {Owner}");
        _ns.Ip("addr add 192.168.0.1/24 dev tap0");
        _ns.Ip("link set tap0 up");
        return node;
    }

    private static string DotnetRoot => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));

    private CommandResult AsUser(string user, string program, params IEnumerable<string> arguments) =>
        _ns.Exec("setpriv", [.. SetPrivilege(user), program, .. arguments]);

    private RunningProgram Start(string user, params IEnumerable<string> arguments) => new(
        _ns, "setpriv",
        [.. SetPrivilege(user), _folder.At("program/AttachWithoutPrivilege"), .. arguments]);

    // Runs the rest as the user, with no group, capability or home of ours.
    private static string[] SetPrivilege(string user) =>
        ["--reuid", user, "--regid", user, "--clear-groups", "--inh-caps", "-all", "--",
            "env", "HOME=/nonexistent", $"DOTNET_ROOT={DotnetRoot}"];

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        CommandResult readable = CommandResult.Of("chmod", "-R", "a+rX", to);
        Assert.Equal(0, readable.ExitCode);
    }
}
