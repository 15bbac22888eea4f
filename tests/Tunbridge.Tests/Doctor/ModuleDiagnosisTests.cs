// SPDX-License-Identifier: Apache-2.0
using System.IO.Compression;
using Tunbridge.Doctor;
using Tunbridge.Doctor.Checks;
using Tunbridge.Doctor.Facts;
using Tunbridge.Linux;

namespace Tunbridge.Tests.Doctor;

/// <summary>Where the driver comes from, what blocks it, and what the usual tools would have said.</summary>
public sealed class ModuleDiagnosisTests
{
    private static readonly DriverFacts s_absent = new() { IsListed = false, Node = null, OpenErrno = Errno.ENOENT };

    private static readonly DriverFacts s_present = new()
    {
        IsListed = true,
        Node = null,
        OpenErrno = Errno.None,
        Features = TunFlags.Tun | TunFlags.Tap | TunFlags.VirtioHeader,
    };

    [Fact]
    public void Module_BuiltInWithoutTree_ShowsThatAllThreeToolsMislead()
    {
        using PrivateMachine machine = new PrivateMachine().File("/boot/config-" + PrivateMachine.Release, "CONFIG_TUN=y\n");
        System.IO.File.Delete(machine.At("/proc/modules"));
        Check check = ModuleChecks.Module(machine.Facts(), s_present);
        Assert.Equal(CheckStatus.Ok, check.Status);
        string notes = string.Join('\n', check.Notes);
        Assert.Contains("mislead", notes, StringComparison.Ordinal);
        Assert.Contains("modinfo: ERROR: Module tun not found. (exit 1)", notes, StringComparison.Ordinal);
        Assert.Contains("could not open /proc/modules (exit 1)", notes, StringComparison.Ordinal);
        Assert.Contains($"modprobe: FATAL: Module tun not found in directory /lib/modules/{PrivateMachine.Release}", notes, StringComparison.Ordinal);
    }

    [Fact]
    public void Module_BuiltInWithTree_ExplainsLsmod()
    {
        using PrivateMachine machine = new PrivateMachine()
            .File($"/lib/modules/{PrivateMachine.Release}/modules.builtin", "kernel/drivers/net/tun.ko\n")
            .File($"/lib/modules/{PrivateMachine.Release}/modules.builtin.modinfo", "tun.license=GPL\0tun.file=drivers/net/tun\0");
        ToolAnswers tools = ToolAnswers.Of(machine.Facts(), driverIsPresent: true);
        Assert.Equal("filename: (builtin) (exit 0)", tools.Modinfo);
        Assert.Equal("no row for tun (exit 0)", tools.Lsmod);
        Assert.Equal("nothing, exit 0", tools.Modprobe);
        Assert.Contains("built into the kernel", tools.WhyMisleading, StringComparison.Ordinal);
    }

    [Fact]
    public void Module_LoadedAsModule_ToolsTellTheTruth()
    {
        using PrivateMachine machine = new PrivateMachine().Module().File("/proc/modules", "tun 61440 2 vhost_net, Live 0x0\n");
        ModuleFacts facts = machine.Facts();
        Assert.True(facts.IsLoaded);
        Assert.Null(ToolAnswers.Of(facts, driverIsPresent: true).WhyMisleading);
        Assert.Empty(ModuleChecks.Module(facts, s_present).Notes);
    }

    [Fact]
    public void DriverMissing_ModuleThere_IsLoaded()
    {
        using PrivateMachine machine = new PrivateMachine().Module();
        Remedy remedy = Missing(machine);
        Assert.Equal("modprobe tun", remedy.Commands[0]);
        Assert.Equal([RepairKind.LoadModule, RepairKind.LoadAtBoot], remedy.Repairs);
        Assert.Equal(CheckStatus.Warn, ModuleChecks.Module(machine.Facts(), s_absent).Status);
    }

    [Fact]
    public void DriverMissing_KernelUpgradedAndNotStarted_IsReboot()
    {
        using PrivateMachine machine = new PrivateMachine().Module("6.1.0-43-amd64");
        Remedy remedy = Missing(machine);
        Assert.Equal(["reboot"], remedy.Commands);
        Assert.Contains("6.1.0-43-amd64", remedy.Explanation, StringComparison.Ordinal);
        Assert.Contains("reboot", ModuleChecks.Module(machine.Facts(), s_absent).Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void DriverMissing_NoModuleInTheTree_IsAPackage()
    {
        using PrivateMachine machine = new PrivateMachine()
            .File($"/lib/modules/{PrivateMachine.Release}/modules.dep", "kernel/drivers/net/dummy.ko:\n")
            .File($"/boot/config-{PrivateMachine.Release}", "CONFIG_TUN=m\n");
        Assert.Contains($"linux-modules-extra-{PrivateMachine.Release}", Missing(machine).Commands[0], StringComparison.Ordinal);
    }

    [Fact]
    public void DriverMissing_NotCompiled_SaysSoFromTheKernelsOwnConfiguration()
    {
        using PrivateMachine machine = new();
        using (MemoryStream packed = new())
        {
            using (GZipStream gzip = new(packed, CompressionMode.Compress))
                gzip.Write("CONFIG_NET=y\n# CONFIG_TUN is not set\n"u8);
            File.WriteAllBytes(machine.At("/proc/config.gz"), packed.ToArray());
        }

        Assert.Equal('n', machine.Facts().Configuration);
        Assert.Contains("CONFIG_TUN=y", Missing(machine).Explanation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("blacklist tun", false)]
    [InlineData("alias char-major-10-200 off", false)]
    [InlineData("install tun /bin/false", true)]
    [InlineData("  install   tun   /bin/true", true)]
    public void Module_BlockedInModprobeD_NamesTheLine(string line, bool modprobeToo)
    {
        using PrivateMachine machine = new PrivateMachine().Module()
            .File("/etc/modprobe.d/hardening.conf", $"# by policy\n{line}\nblacklist floppy\n");
        ModuleFacts facts = machine.Facts();
        Assert.Equal($"/etc/modprobe.d/hardening.conf: {line.Trim()}", Assert.Single(facts.Blocks));
        Assert.Equal(modprobeToo, facts.ModprobeIsBlocked);
        Assert.Contains("/etc/modprobe.d/hardening.conf", Missing(machine).Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void Module_MaskedFileOfModprobeD_DoesNotCount()
    {
        using PrivateMachine machine = new PrivateMachine().Module()
            .File("/etc/modprobe.d/x.conf", "").File("/usr/lib/modprobe.d/x.conf", "blacklist tun\n");
        Assert.Empty(machine.Facts().Blocks);
    }

    [Fact]
    public void DriverMissing_ModulesDisabled_IsBootEntryAndReboot()
    {
        using PrivateMachine machine = new PrivateMachine().Module().File("/proc/sys/kernel/modules_disabled", "1\n");
        Remedy remedy = Missing(machine);
        Assert.Contains("modules_disabled", remedy.Explanation, StringComparison.Ordinal);
        Assert.Equal([RepairKind.LoadAtBoot], remedy.Repairs);
        Assert.Equal(CheckStatus.Fail, ModuleChecks.Module(machine.Facts(), s_absent).Status);
    }

    [Fact]
    public void DriverMissing_Lockdown_IsMentioned()
    {
        using PrivateMachine machine = new PrivateMachine().Module()
            .File("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
        Assert.Contains("integrity", Missing(machine).Explanation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/etc/modules-load.d/tun.conf", "ok")]
    [InlineData("/etc/modules", "ok")]
    [InlineData("/etc/modules-load.d/tun.txt", "warn")]
    public void Boot_ModuleListed_IsOk(string file, string expected)
    {
        using PrivateMachine machine = new PrivateMachine().Module().File(file, "# comment\ntun\n");
        Check check = ModuleChecks.Boot(machine.Facts(), s_present, Surroundings.Read(machine.Root));
        Assert.Equal(expected, check.Status.Word());
    }

    [Fact]
    public void Open_NodeWithoutDriver_IsTheModulesFault()
    {
        using PrivateMachine machine = new PrivateMachine().Module("6.1.0-43-amd64");
        DriverFacts driver = s_absent with { Node = RightNode, OpenErrno = Errno.ENODEV };
        Check check = DriverChecks.Open(driver, machine.Facts(), Surroundings.Read(machine.Root), Privileges.Read(machine.Root));
        Assert.Equal(CheckStatus.Fail, check.Status);
        Assert.Contains("no driver", check.Summary, StringComparison.Ordinal);
        Assert.Equal(["reboot"], check.Fix!.Commands);
    }

    [Fact]
    public void Open_AccessRefusedThoughModeAllows_BlamesASecurityModule()
    {
        using PrivateMachine machine = new();
        DriverFacts driver = s_present with { Node = RightNode, Features = null, OpenErrno = Errno.EACCES };
        Check check = DriverChecks.Open(driver, machine.Facts(), Surroundings.Read(machine.Root), Privileges.Read(machine.Root));
        Assert.Contains("security module", check.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Driver_NotListedButAnswering_IsThere()
    {
        using PrivateMachine machine = new();
        Check check = DriverChecks.Driver(s_present with { IsListed = false }, machine.Facts(), Surroundings.Read(machine.Root));
        Assert.Equal(CheckStatus.Ok, check.Status);
    }

    private static DeviceNode RightNode => new()
    {
        Path = "/dev/net/tun",
        IsCharacterDevice = true,
        Major = 10,
        Minor = 200,
        Mode = 0x1b6,
        UserId = 0,
        GroupId = 0,
        IsOnNodevMount = false,
    };

    private static Remedy Missing(PrivateMachine machine) =>
        ModuleChecks.DriverMissing(machine.Facts(), Surroundings.Read(machine.Root));
}
