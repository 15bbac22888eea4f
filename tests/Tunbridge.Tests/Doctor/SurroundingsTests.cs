// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Doctor;
using Tunbridge.Doctor.Checks;
using Tunbridge.Doctor.Facts;
using Tunbridge.Linux;

namespace Tunbridge.Tests.Doctor;

/// <summary>Every place is recognised, and gets the remedy that works there.</summary>
public sealed class SurroundingsTests
{
    /// <summary>What is seen, the place, a part of the remedy for a missing node, and for EPERM at open.</summary>
    public static TheoryData<string, string, string, string, string> Places => new()
    {
        { "", "", "host", "mknod /dev/net/tun c 10 200", "DeviceAllow" },
        { "/.dockerenv", "", "docker", "docker run --device /dev/net/tun --cap-add NET_ADMIN", "runc 1.2.0 to 1.2.3" },
        { "/proc/self/cgroup", "0::/docker/0123abcd\n", "docker", "docker run --device /dev/net/tun", "c 10:200 rwm" },
        { "/run/.containerenv", "engine=\"podman-4.3.1\"\n", "podman", "podman run --device /dev/net/tun", "podman run" },
        { "/proc/1/cgroup", "0::/kubepods.slice/kubepods-pod1.slice\n", "kubernetes", "CharDevice", "privileged: true" },
        { "/var/run/secrets/kubernetes.io", "", "kubernetes", "hostPath", "device plugin" },
        { "/proc/1/cgroup", "0::/system.slice/containerd.service/abc\n", "containerd", "nerdctl run --device", "1.2.4" },
        { "/run/systemd/container", "lxc\n", "lxc", "lxc.cgroup2.devices.allow = c 10:200 rwm", "silently ignored" },
        { "/proc/1/cgroup", "5:devices:/lxc/101\n1:name=systemd:/lxc/101\n", "lxc", "lxc.cgroup.devices.allow = c 10:200 rwm", "version 1" },
        { "/run/systemd/container", "systemd-nspawn\n", "nspawn", "--bind=/dev/net/tun", "DeviceAllow=/dev/net/tun rw" },
        { "/proc/self/cgroup", "0::/system.slice/vpn@home.service\n", "systemd-unit", "PrivateDevices=no", "systemctl edit vpn@home.service" },
        { "/proc/sys/kernel/osrelease", "5.15.90.1-microsoft-standard-WSL2\n", "wsl2", "mknod", "systemd-run" },
        { "/proc/sys/kernel/osrelease", "4.4.0-19041-Microsoft\n", "wsl1", "mknod", "systemd-run" },
    };

    [Theory]
    [MemberData(nameof(Places))]
    public void Place_Recognised_GetsItsOwnRemedies(string file, string text, string kind, string missing, string refused)
    {
        using PrivateMachine machine = new();
        if (file.Length > 0)
            machine.File(file, text);
        Surroundings place = Surroundings.Read(machine.Root);
        Check check = PlaceChecks.Describe(place, machine.Facts());
        Assert.Equal(kind, check.Evidence.Single(e => e.Key == "kind").Value);
        Assert.Contains(missing, Text(Remedies.NodeMissing(place)), StringComparison.Ordinal);
        Assert.Contains(refused, Text(Remedies.DeviceRefused(place)), StringComparison.Ordinal);
    }

    [Fact]
    public void Kubernetes_ByVariable_IsRecognisedInsideDocker()
    {
        using PrivateMachine machine = new PrivateMachine().File("/.dockerenv", "").Variable("KUBERNETES_SERVICE_HOST", "10.96.0.1");
        Assert.Equal(PlaceKind.Kubernetes, Surroundings.Read(machine.Root).Kind);
    }

    [Fact]
    public void DockerMark_OnTheKernelsOwnDev_IsAMachineButDockerIsMentioned()
    {
        using PrivateMachine machine = new PrivateMachine().File("/.dockerenv", "")
            .File("/proc/self/mountinfo", "22 1 0:5 / /dev rw,relatime - devtmpfs devtmpfs rw\n");
        Surroundings place = Surroundings.Read(machine.Root);
        Assert.Equal(PlaceKind.Host, place.Kind);
        Assert.Contains("docker run --device /dev/net/tun", Text(Remedies.NodeMissing(place)), StringComparison.Ordinal);
        machine.File("/proc/self/mountinfo", """
            22 1 0:5 / /dev rw,relatime - devtmpfs devtmpfs rw
            40 1 0:9 / /dev rw,nosuid - tmpfs tmpfs rw,size=65536k

            """);
        Assert.Equal(PlaceKind.Docker, Surroundings.Read(machine.Root).Kind);
    }

    [Fact]
    public void Unit_WithASandbox_ShowsItsLinesAsEvidence()
    {
        using PrivateMachine machine = new PrivateMachine()
            .File("/proc/self/cgroup", "0::/system.slice/system-vpn.slice/vpn@home.service\n")
            .File("/usr/lib/systemd/system/vpn@.service", "[Service]\nExecStart=/bin/x\nPrivateDevices=yes\n")
            .File("/etc/systemd/system/vpn@home.service.d/local.conf", "[Service]\nDevicePolicy=closed\n");
        Surroundings place = Surroundings.Read(machine.Root);
        Assert.Equal(
            ["/etc/systemd/system/vpn@home.service.d/local.conf: DevicePolicy=closed", "/usr/lib/systemd/system/vpn@.service: PrivateDevices=yes"],
            place.UnitDeviceLines);
        DriverFacts driver = new()
        {
            IsListed = true,
            OpenErrno = Errno.EPERM,
            Node = new()
            {
                Path = "/dev/net/tun",
                IsCharacterDevice = true,
                Major = 10,
                Minor = 200,
                Mode = 0x1b6,
                UserId = 0,
                GroupId = 0,
                IsOnNodevMount = false,
            },
        };
        Check check = DriverChecks.Open(driver, machine.Facts(), place, Privileges.Read(machine.Root));
        Assert.Contains(check.Evidence, e => e.Value.EndsWith("DevicePolicy=closed", StringComparison.Ordinal));
        Assert.Contains("DeviceAllow=/dev/net/tun rw", check.Fix!.Commands);
    }

    [Fact]
    public void UserManager_OfALogin_IsNoSandbox()
    {
        using PrivateMachine machine = new PrivateMachine()
            .File("/proc/self/cgroup", "0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-term.scope\n");
        Assert.Equal(PlaceKind.Host, Surroundings.Read(machine.Root).Kind);
    }

    [Theory]
    [InlineData("/run/NetworkManager/devices", "tunbridge integrate networkmanager")]
    [InlineData("/run/systemd/netif/state", "tunbridge integrate networkd")]
    [InlineData("/run/udev/control", "MACAddressPolicy")]
    public void Managers_Present_AreNoted(string file, string note)
    {
        using PrivateMachine machine = new PrivateMachine().File(file, "");
        Check check = PlaceChecks.Managers(machine.Root);
        Assert.Equal(CheckStatus.Ok, check.Status);
        Assert.Contains(note, Assert.Single(check.Notes), StringComparison.Ordinal);
    }

    private static string Text(Remedy remedy) => remedy.Explanation + "\n" + string.Join('\n', remedy.Commands);
}
