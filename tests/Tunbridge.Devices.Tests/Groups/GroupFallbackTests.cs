// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Tunbridge.Testing;

namespace Tunbridge.Devices.Tests.Groups;

/// <summary>Where io_uring is refused, or fails, every packet is read all the same; strace plays the kernel.</summary>
public sealed class GroupFallbackTests : GroupTest
{
    [Fact]
    public void NothingRefused_RowsAreReadInGroups() =>
        Assert.Equal(["ok", "600 in order, groups, None", "600 in order, groups, None"], Probe([]));

    [Fact]
    public void Switch_InTheEnvironment_ReadsSingly() => Assert.Equal(
        ["ok", "600 in order, singly, None", "600 in order, singly, None"], Probe(["env", "TUNBRIDGE_NO_URING=1"]));

    [Theory]
    [InlineData("io_uring_setup", "ENOSYS")] // a kernel without
    [InlineData("io_uring_setup", "EPERM")] // kernel.io_uring_disabled, a container's seccomp filter
    [InlineData("io_uring_setup", "EMFILE")]
    [InlineData("io_uring_register", "EINVAL")]
    public void Refused_RowsAreReadSinglyAndTheAnswerIsKept(string call, string error)
    {
        RealTool.Require("strace");
        string line = $"600 in order, singly, {error}";
        Assert.Equal(["ok", line, line], Probe(Strace(call, error)));
    }

    [Theory]
    [InlineData("EOPNOTSUPP", "1+", "EOPNOTSUPP")]
    [InlineData("EBUSY", "3", "EBUSY")]
    [InlineData("ENOMEM", "2+", "ENOMEM")]
    public void FailsLater_TheRestIsReadSinglyAndNothingIsLost(string error, string when, string refusal)
    {
        RealTool.Require("strace");
        string line = $"600 in order, groups, {refusal}";
        Assert.Equal(["ok", line, line], Probe(Strace("io_uring_enter", error, when)));
    }

    [Theory]
    [InlineData("EINTR")]
    [InlineData("EAGAIN")]
    public void InterruptedOrShortOfMemory_GoesOn(string error)
    {
        RealTool.Require("strace");
        string line = "600 in order, groups, None";
        Assert.Equal(["ok", line, line], Probe(Strace("io_uring_enter", error, "2")));
    }

    private static string[] Strace(string call, string error, string when = "1+") =>
        ["strace", "-f", "-qq", "-o", "/dev/null", "-e", $"trace={call}", "-e", $"inject={call}:error={error}:when={when}"];

    private string[] Probe(string[] before)
    {
        string probe = Path.Combine(
            AppContext.BaseDirectory.Replace("Tunbridge.Devices.Tests", "Tunbridge.Probe", StringComparison.Ordinal), "Tunbridge.Probe.dll");
        string[] command = [.. before, "dotnet", probe, "create", "tun", "t0", "/dev/net/tun", "rows"];
        using Process process = Ns.Start(command[0], command[1..]);
        Task<string> errors = process.StandardError.ReadToEndAsync(Token);
        string[] lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        Assert.Equal("", errors.GetAwaiter().GetResult());
        return lines;
    }
}
