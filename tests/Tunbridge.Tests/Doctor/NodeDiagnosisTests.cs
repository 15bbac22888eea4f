// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Testing;

namespace Tunbridge.Tests.Doctor;

/// <summary>What ails the node, tried on real nodes: the program runs where /dev/net is a private tmpfs.</summary>
public sealed class NodeDiagnosisTests
{
    private const string MakeNode = "mknod /dev/net/tun c 10 200; chmod 0666 /dev/net/tun";
    private const string AsNobody = "setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all";

    [Fact]
    public void Doctor_AllWell_ExitsZeroWithEveryCheckOk()
    {
        using TestNamespace space = new();
        DoctorRun run = DoctorRun.InPrivateDev(space, MakeNode);
        Assert.Equal(0, run.ExitCode);
        foreach (string id in new[] { "driver", "node", "open", "features", "capability", "probe" })
            run.AssertStatus(id, "ok");
        Assert.Contains("TUN, TAP", run.Summary("probe"), StringComparison.Ordinal);
        Assert.DoesNotContain("\"status\": \"fail\"", run.Result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Doctor_NodeMissing_FailsAndTellsHowToMakeIt()
    {
        using TestNamespace space = new();
        DoctorRun run = DoctorRun.InPrivateDev(space, "");
        Assert.Equal(1, run.ExitCode);
        run.AssertStatus("driver", "ok");
        run.AssertStatus("node", "fail");
        run.AssertStatus("open", "skip");
        Assert.Contains("does not exist", run.Summary("node"), StringComparison.Ordinal);
        Assert.Contains("mknod /dev/net/tun c 10 200", run.Fix("node"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mknod /dev/net/tun c 250 7", "250:7")]
    [InlineData("mknod /dev/net/tun c 10 201", "10:201")]
    [InlineData("mknod /dev/net/tun c 1 3", "1:3")]
    [InlineData("mknod /dev/net/tun b 10 200", "not a character device")]
    [InlineData("touch /dev/net/tun", "not a character device")]
    public void Doctor_WrongNode_NamesWhatItIs(string prepare, string named)
    {
        using TestNamespace space = new();
        DoctorRun run = DoctorRun.InPrivateDev(space, prepare);
        Assert.Equal(1, run.ExitCode);
        run.AssertStatus("node", "fail");
        Assert.Contains(named, run.Summary("node"), StringComparison.Ordinal);
        Assert.Contains("make-node", run.Fix("node"), StringComparison.Ordinal);
    }

    [Fact]
    public void Doctor_Mode0600AsAnotherUser_NamesTheMode()
    {
        using TestNamespace space = new();
        DoctorRun run = DoctorRun.InPrivateDev(space, "mknod -m 0600 /dev/net/tun c 10 200", AsNobody);
        Assert.Equal(1, run.ExitCode);
        run.AssertStatus("node", "warn");
        run.AssertStatus("open", "fail");
        Assert.Contains("mode 0600", run.Summary("open"), StringComparison.Ordinal);
        Assert.Contains("EACCES", run.Evidence("open", "error"), StringComparison.Ordinal);
        Assert.Contains("chmod 0666 /dev/net/tun", run.Fix("open"), StringComparison.Ordinal);
    }

    [Fact]
    public void Doctor_NodevMount_NamesTheMount()
    {
        using TestNamespace space = new();
        DoctorRun run = DoctorRun.InPrivateDev(space, MakeNode, mountOptions: "mode=755,nodev");
        Assert.Equal(1, run.ExitCode);
        run.AssertStatus("node", "fail");
        run.AssertStatus("open", "fail");
        Assert.Contains("nodev", run.Summary("node"), StringComparison.Ordinal);
        Assert.Contains("nodev", run.Summary("open"), StringComparison.Ordinal);
        Assert.Contains("remount,dev", run.Fix("node"), StringComparison.Ordinal);
    }

    [Fact]
    public void Doctor_NodeOwnedByAnotherUser_Warns()
    {
        using TestNamespace space = new();
        DoctorRun run = DoctorRun.InPrivateDev(space, $"{MakeNode}; chown 65534 /dev/net/tun");
        Assert.Equal(0, run.ExitCode);
        run.AssertStatus("node", "warn");
        Assert.Contains("65534", run.Summary("node"), StringComparison.Ordinal);
    }

    [Fact]
    public void Doctor_DeviceCgroupRefuses_NamesItAndNotTheCapability()
    {
        const string Group = "/sys/fs/cgroup/devices";
        Assert.SkipUnless(File.Exists($"{Group}/devices.deny"), "no cgroup version 1 device controller here to try");
        using TestNamespace space = new();
        string group = $"{Group}/tbdoctor-{Environment.ProcessId}";
        try
        {
            DoctorRun run = DoctorRun.InPrivateDev(
                space, $"{MakeNode}\nmkdir {group}; echo 'c 10:200 rw' > {group}/devices.deny; echo $$ > {group}/cgroup.procs");
            Assert.Equal(1, run.ExitCode);
            run.AssertStatus("node", "ok");
            run.AssertStatus("capability", "ok");
            run.AssertStatus("open", "fail");
            Assert.Contains("device cgroup", run.Summary("open"), StringComparison.Ordinal);
            Assert.Contains("EPERM", run.Evidence("open", "error"), StringComparison.Ordinal);
        }
        finally
        {
            if (Directory.Exists(group))
                Directory.Delete(group);
        }
    }

    [Fact]
    public void Doctor_NoNetAdmin_FailsAtTheCapability()
    {
        using TestNamespace space = new();
        DoctorRun run = DoctorRun.InPrivateDev(
            space, MakeNode, "setpriv --inh-caps=-net_admin --bounding-set=-net_admin");
        Assert.Equal(1, run.ExitCode);
        run.AssertStatus("open", "ok");
        run.AssertStatus("capability", "fail");
        run.AssertStatus("probe", "skip");
        Assert.Contains("CAP_NET_ADMIN", run.Summary("capability"), StringComparison.Ordinal);
    }

    [Fact]
    public void Doctor_OrdinaryUser_IsToldHowToGetACard()
    {
        using TestNamespace space = new();
        DoctorRun run = DoctorRun.InPrivateDev(space, MakeNode, AsNobody);
        Assert.Equal(1, run.ExitCode);
        run.AssertStatus("open", "ok");
        run.AssertStatus("capability", "fail");
        Assert.Contains("--owner nobody", run.Fix("capability"), StringComparison.Ordinal);
        Assert.Contains("setcap cap_net_admin", run.Fix("capability"), StringComparison.Ordinal);
    }

    [Fact]
    public void Doctor_OwnerOfACard_MayUseItWithoutCapability()
    {
        using TestNamespace space = new();
        space.Ip("tuntap add dev own0 mode tap user 65534");
        DoctorRun run = DoctorRun.InPrivateDev(space, MakeNode, AsNobody, "own0 --kind tap");
        Assert.Equal(0, run.ExitCode);
        run.AssertStatus("capability", "warn");
        run.AssertStatus("card-access", "ok");
    }

    [Fact]
    public void Doctor_CardOfAnotherOwner_IsRefused()
    {
        using TestNamespace space = new();
        space.Ip("tuntap add dev root0 mode tap user 0");
        DoctorRun run = DoctorRun.InPrivateDev(space, MakeNode, AsNobody, "root0 --kind tap");
        Assert.Equal(1, run.ExitCode);
        run.AssertStatus("card-access", "fail");
        Assert.Contains("root (0)", run.Evidence("card-access", "owner"), StringComparison.Ordinal);
    }

    [Fact]
    public void Doctor_RootlessInNamespacesOfItsOwn_IsUsable()
    {
        using TestNamespace space = new();
        CommandResult able = space.Exec("setpriv", "--reuid=65534", "--clear-groups", "unshare", "-Urn", "true");
        Assert.SkipUnless(able.ExitCode == 0, $"user namespaces are not to be had: {able.Error}");
        DoctorRun run = DoctorRun.InPrivateDev(space, MakeNode, $"{AsNobody} unshare -Urn");
        Assert.Equal(0, run.ExitCode);
        run.AssertStatus("capability", "ok");
        run.AssertStatus("probe", "ok");
    }

    [Fact]
    public void Doctor_CapabilityInTheWrongUserNamespace_IsSeenThrough()
    {
        using TestNamespace space = new();
        CommandResult able = space.Exec("setpriv", "--reuid=65534", "--clear-groups", "unshare", "-Ur", "true");
        Assert.SkipUnless(able.ExitCode == 0, $"user namespaces are not to be had: {able.Error}");
        DoctorRun run = DoctorRun.InPrivateDev(space, MakeNode, $"{AsNobody} unshare -Ur");
        Assert.Equal(1, run.ExitCode);
        run.AssertStatus("capability", "fail");
        Assert.Equal("in effect", run.Evidence("capability", "CAP_NET_ADMIN"));
        Assert.Contains("another user namespace", run.Summary("capability"), StringComparison.Ordinal);
    }
}
