// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Doctor;
using Tunbridge.Doctor.Checks;
using Tunbridge.Doctor.Facts;
using Tunbridge.Linux;
using Tunbridge.Testing;

namespace Tunbridge.Tests.Doctor;

/// <summary>Whether io_uring is used, and who forbids it: nothing else tells, since packets are read all the same.</summary>
public sealed class RingCheckTests
{
    /// <summary>The kernel's answer, kernel.io_uring_disabled, a filter, the release, and a part of the reason.</summary>
    public static TheoryData<Errno, string?, bool, string, string> Refusals => new()
    {
        { Errno.EPERM, "2", false, "6.6.1", "sysctl kernel.io_uring_disabled=0" },
        { Errno.EPERM, "1", true, "6.6.1", "CAP_SYS_ADMIN and the group 998" },
        { Errno.EPERM, "0", true, "6.6.1", "seccomp" },
        { Errno.EPERM, null, false, "6.6.1", "security module" },
        { Errno.ENOSYS, null, false, "6.6.1", "CONFIG_IO_URING" },
        { Errno.ENOSYS, null, true, "6.6.1", "seccomp" },
        { Errno.ENOMEM, "0", false, "6.6.1", "ulimit -l" },
        { Errno.EBUSY, "0", false, "6.6.1", "busy" },
        { Errno.None, null, false, "6.1.0-42-amd64", "from Linux 6.4 on; this is 6.1.0-42-amd64" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void Refusal_IsToldWithItsReason_AndFailsNobody(Errno answer, string? disabled, bool filtered, string release, string reason)
    {
        Check check = RingChecks.Groups(new()
        {
            Answer = answer,
            Disabled = disabled,
            Group = "998",
            IsFiltered = filtered,
            IsOff = false,
            Release = release,
        });
        Assert.Equal(CheckStatus.Ok, check.Status);
        Assert.StartsWith("io_uring is not used", check.Summary, StringComparison.Ordinal);
        Assert.Contains(reason, Assert.Single(check.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void NoRefusal_SaysGroups_AndTheSwitchTurnsThemOff()
    {
        RingFacts facts = new()
        {
            Answer = Errno.None,
            Disabled = "0",
            Group = "-1",
            IsFiltered = false,
            IsOff = false,
            Release = "6.12.3+deb13-amd64",
        };
        Check check = RingChecks.Groups(facts);
        Assert.StartsWith("io_uring may be used", check.Summary, StringComparison.Ordinal);
        Assert.Empty(check.Notes);
        Assert.Contains("TUNBRIDGE_NO_URING=1", Assert.Single(RingChecks.Groups(facts with { IsOff = true }).Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Facts_OfAMachine_ComeFromItsFilesAndItsEnvironment()
    {
        using PrivateMachine machine = new PrivateMachine().File("/proc/sys/kernel/io_uring_disabled", "1\n")
            .File("/proc/sys/kernel/io_uring_group", "998\n").File("/proc/self/status", "Name:\tx\nSeccomp:\t2\n")
            .Variable(RingSwitch.Variable, "1");
        RingFacts facts = RingFacts.Read(machine.Root);
        Assert.Equal(("1", "998", true, true, true), (facts.Disabled, facts.Group, facts.IsFiltered, facts.IsOff, facts.IsOldKernel));
    }

    /// <summary>strace plays a kernel that refuses.</summary>
    [Fact]
    public void Doctor_WhereTheKernelRefuses_SaysSoInJson()
    {
        RealTool.Require("strace");
        using TestNamespace space = new();
        CommandResult result = space.Exec(
            "strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=io_uring_setup", "-e", "inject=io_uring_setup:error=ENOSYS", DoctorRun.Program, "doctor", "--json");
        using System.Text.Json.JsonDocument document = System.Text.Json.JsonDocument.Parse(result.Output);
        System.Text.Json.JsonElement check = document.RootElement.GetProperty("checks").EnumerateArray().Single(c => c.GetProperty("id").GetString() == "io-uring");
        Assert.Equal("ENOSYS", check.GetProperty("evidence").GetProperty("answer").GetString());
        Assert.StartsWith("io_uring is not used", check.GetProperty("summary").GetString(), StringComparison.Ordinal);
    }
}
