// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.RegularExpressions;
using Tunbridge.Configuration;
using Tunbridge.Service;
using Tunbridge.Testing;
using Tunbridge.Tests.Commands;

namespace Tunbridge.Tests.Service;

/// <summary>The units: valid, narrow, wide enough for what the program does, and removable.</summary>
public sealed class SystemdUnitTests
{
    private const string Everything = """
        devices:
          tap0:
            kind: tap
            multi-queue: true
            keep-carrier: true
            addresses: [10.0.0.1/24]
            dns: {servers: [10.0.0.53]}
            dhcp: true
            sysctl: {rp-filter: 0}
            on-stop: remove
            hooks:
              post-up: [{command: "true", user: nobody}]
          tap1: {kind: tap, after: [tap0, br-lan], requires: [eth1, eth0.7]}
          tap2: {kind: tap, requires: [tap1], multi-queue: true, keep-carrier: true, queues: 200, description: 'the third: 100%'}
          tap3: {kind: tap, netns: blue, dhcp: {v4: true, client: dhcpcd}}
        """;

    public static TheoryData<string, double> Files => new() { { ConfigurationFile.DefaultText, 3.0 }, { Everything, 5.0 } };

    [Theory]
    [MemberData(nameof(Files))]
    public void Units_JudgedBySystemd_AreValidAndNarrow(string file, double limit)
    {
        RealTool.Require("systemd-analyze");
        using UnitDirectory units = new(file);
        CommandResult verify = CommandResult.Of("systemd-analyze", ["verify", .. units.Paths]);
        Assert.Equal((0, "", ""), (verify.ExitCode, verify.Output, verify.Error));
        foreach (string unit in units.Paths.Where(p => p.EndsWith(".service", StringComparison.Ordinal)))
        {
            CommandResult security = CommandResult.Of("systemd-analyze", "security", "--offline=true", unit);
            Match found = Regex.Match(security.Output, @"exposure level for \S+ ([0-9.]+)");
            Assert.True(found.Success, security.Output + security.Error);
            Assert.InRange(double.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture), 0, limit);
        }
    }

    [Fact]
    public void Unit_OfTheEmbeddedDefault_IsWidenedByNothing()
    {
        string unit = Unit(ConfigurationFile.DefaultText);
        Assert.Contains("\nCapabilityBoundingSet=CAP_NET_ADMIN\n", unit, StringComparison.Ordinal);
        Assert.Contains("\nDeviceAllow=/dev/net/tun rw\n", unit, StringComparison.Ordinal);
        Assert.DoesNotContain("# Wider", unit, StringComparison.Ordinal);
        Assert.DoesNotContain("ExecStop", unit, StringComparison.Ordinal);
        // Traps: the first hides the node, the second ends a runtime that compiles.
        Assert.DoesNotContain("PrivateDevices", unit, StringComparison.Ordinal);
        Assert.DoesNotContain("MemoryDenyWriteExecute", unit, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("netns: blue", "netns", "RestrictNamespaces=net")]
    [InlineData("sysctl: {forwarding: true}", "sysctl", "ProtectKernelTunables=no")]
    [InlineData("dns: {servers: [10.0.0.53]}", "dns", "ReadWritePaths=-/etc/resolv.conf")]
    [InlineData("dhcp: true", "dhcp", "CAP_NET_RAW")]
    [InlineData("dhcp: {v4: true, client: dhcpcd}", "dhcp.client: dhcpcd", "CAP_SYS_CHROOT")]
    [InlineData("dhcp: {client: dhcpcd, v4: true}", "dhcp.client: dhcpcd", "SystemCallFilter=chroot")]
    [InlineData("hooks: {post-up: [{command: 'true', user: nobody}]}", "hooks.user", "CAP_SETUID CAP_SETGID CAP_KILL")]
    [InlineData("hooks: {post-up: ['true']}", "hooks", "ProtectSystem=full")]
    public void Unit_FeatureOfTheFile_IsNamedAndAllowed(string key, string name, string line)
    {
        string unit = Unit($"devices:\n  tap5:\n    kind: tap\n    {key}\n");
        Assert.Contains($"# Wider for {name} of tap5: ", unit, StringComparison.Ordinal);
        Assert.Contains(line, unit, StringComparison.Ordinal);
        Assert.DoesNotContain(line, Unit("devices: {tap5: {kind: tap}}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CAP_NET_ADMIN CAP_NET_BIND_SERVICE")]
    [InlineData("ProtectSystem=full")]
    [InlineData("AF_INET AF_INET6")]
    public void Unit_WithTunnels_LetsThemSpeakWithPeers(string line)
    {
        string unit = Unit("tunnels: {office: {openvpn: /etc/openvpn/office.conf}}");
        Assert.Contains("# Wider for tunnels of office: ", unit, StringComparison.Ordinal);
        Assert.Contains(line, unit, StringComparison.Ordinal);
        Assert.DoesNotContain("IPAddressDeny", unit, StringComparison.Ordinal);
        Assert.DoesNotContain(line, Unit("tunnels: {office: {openvpn: /etc/openvpn/office.conf, enabled: false}}"), StringComparison.Ordinal);
    }

    [Fact]
    public void Unit_OfCardsThatWaitForOthers_IsOrderedAfterTheirUnits()
    {
        string unit = Unit(Everything);
        Assert.Contains(
            "\n# For after and requires: br-lan, eth1, eth0.7.\n" +
            "After=sys-subsystem-net-devices-br\\x2dlan.device sys-subsystem-net-devices-eth1.device sys-subsystem-net-devices-eth0.7.device\n" +
            "Wants=sys-subsystem-net-devices-eth1.device sys-subsystem-net-devices-eth0.7.device\n",
            unit, StringComparison.Ordinal);
        Assert.DoesNotContain("net-devices", Unit("devices: {tap0: {kind: tap, after: [tap1]}, tap1: {kind: tap, netns: a, requires: [eth1]}}"), StringComparison.Ordinal);
    }

    [Fact]
    public void Unit_OfAFile_IsTheServiceThatNotifies()
    {
        string unit = Unit(Everything);
        foreach (string line in (string[])
            ["Type=notify", "ExecStart=/usr/bin/tunbridge serve", "ExecReload=/bin/kill -HUP $MAINPID", "WatchdogSec=60", "FileDescriptorStoreMax=512"])
            Assert.Contains($"\n{line}\n", unit, StringComparison.Ordinal);
        // on-stop: remove is the service's own doing.
        Assert.DoesNotContain("ExecStop", unit, StringComparison.Ordinal);
    }

    [Fact]
    public void Template_OnStopRemove_RemovesTheCard()
    {
        Assert.Contains("\nExecStop=/usr/bin/tunbridge down %i\n", Template("on-stop: remove\ndevices: {tap5: {kind: tap}}"), StringComparison.Ordinal);
        Assert.DoesNotContain("ExecStop", Template(Everything), StringComparison.Ordinal);
    }

    [Fact]
    public void Unit_PathWithBlanksAndPercent_IsQuoted()
    {
        ServiceRequest request = new() { Program = "/usr/bin/tunbridge", File = "/etc/my cards/100%.yaml", Instance = "lab" };
        Assert.Contains(
            "ExecStart=/usr/bin/tunbridge serve -f \"/etc/my cards/100%%.yaml\" --name lab\n",
            SystemdUnits.Service(request, Parse(ConfigurationFile.DefaultText)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "", "up --name strace-test")]
    [InlineData(124, "timeout --signal=TERM 8", "serve --name strace-test")]
    public void Program_UnderStrace_StaysInsideTheSandbox(int exitCode, string before, string line)
    {
        RealTool.Require("strace", "systemd-analyze");
        HashSet<string> allowed = [.. Calls("@system-service").Except(Calls("@privileged"))];
        using TestNamespace space = new();
        string log = Path.GetTempFileName();
        try
        {
            CommandResult run = space.Exec("strace", ["-f", "-qq", "-o", log, .. Tool.Words(before), ServicePlace.Program, .. Tool.Words(line)]);
            Assert.True(run.ExitCode == exitCode, run.Output + run.Error);
            Assert.True(space.HasLink("tap0"), run.Output + run.Error);
            string[] lines = File.ReadAllLines(log);
            HashSet<string> used = [.. lines.Select(l => Regex.Match(l, @"^\d+ +([a-z0-9_]+)\(")).Where(m => m.Success).Select(m => m.Groups[1].Value)];
            Assert.Empty(used.Except(allowed));
            // The runtime's first socket asks whether there is IPv6; refused, there is none for it.
            string[] families = ["AF_NETLINK", "AF_UNIX", "AF_INET", .. lines.Count(l => l.Contains(" socket(AF_INET6", StringComparison.Ordinal)) > 1 ? (string[])[] : ["AF_INET6"]];
            Assert.Empty(lines.Select(l => Regex.Match(l, @" socket\((AF_\w+)")).Where(m => m.Success)
                .Select(m => m.Groups[1].Value).Distinct().Except(families));
        }
        finally
        {
            File.Delete(log);
        }
    }

    [Fact]
    public void Install_Twice_IsTheSameAndRemovalLeavesNothing()
    {
        using TestNamespace space = new();
        ServicePlace.AssertDone(ServicePlace.Shell(space, """
            find /etc | sort > /run/before
            $program service install --systemd --name lab
            grep -q -- 'serve --name lab$' /etc/systemd/system/lab.service
            [ "$(readlink /etc/systemd/system/multi-user.target.wants/lab.service)" = /etc/systemd/system/lab.service ]
            grep -qx tun /etc/modules-load.d/lab.conf
            $program service install --systemd --name lab > /run/again
            ! grep -v ^unchanged: /run/again
            ln -s /etc/systemd/system/lab@.service /etc/systemd/system/multi-user.target.wants/lab@tap0.service
            $program service remove --name lab
            $program service remove --name lab
            find /etc -type f -o -type l | sort > /run/after
            ! grep -e lab /run/after
            """));
    }

    [Theory]
    [InlineData("networkmanager", "/etc/NetworkManager/conf.d/90-tunbridge.conf", "interface-name:tap0")]
    [InlineData("networkd", "/etc/systemd/network/05-tunbridge.network", "Name=tap0")]
    [InlineData("networkd", "/etc/systemd/network/05-tunbridge.link", "MACAddressPolicy=none")]
    [InlineData("networkd", "/etc/systemd/networkd.conf.d/90-tunbridge.conf", "ManageForeignRoutes=no")]
    public void Integrate_AndRemove_LeaveNothing(string program, string file, string line)
    {
        using TestNamespace space = new();
        ServicePlace.AssertDone(ServicePlace.Shell(space, $"""
            $program integrate {program}
            grep -q '{line}' {file}
            $program integrate {program} | grep -q unchanged
            $program integrate {program} --remove
            [ ! -e {file} ]
            ! find /etc -type f | grep tunbridge
            echo "devices: []" > /etc/tunbridge/tunbridge.yaml
            expect 6 $program integrate {program}
            echo "devices: {"{}"}" > /etc/tunbridge/tunbridge.yaml
            expect 1 $program integrate {program}
            """));
    }

    private static IEnumerable<string> Calls(string group)
    {
        CommandResult result = CommandResult.Of("systemd-analyze", "syscall-filter", group);
        foreach (string word in result.Output.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#' && l != group))
        {
            if (word[0] == '@')
                foreach (string inner in Calls(word))
                    yield return inner;
            else
                yield return word;
        }
    }

    private static DesiredState Parse(string text) => ConfigurationFile.Parse(text, "t.yaml", "test");

    private static string Unit(string text) => SystemdUnits.Service(new() { Program = "/usr/bin/tunbridge" }, Parse(text));

    private static string Template(string text) => SystemdUnits.Template(new() { Program = "/usr/bin/tunbridge" }, Parse(text));

    private sealed class UnitDirectory : IDisposable
    {
        private readonly string _directory = Directory.CreateTempSubdirectory("tbunits").FullName;

        internal UnitDirectory(string text)
        {
            // Something that is there: verify looks for the program.
            ServiceRequest request = new() { Program = "/bin/true" };
            Write("tunbridge.service", SystemdUnits.Service(request, Parse(text)));
            Write("tunbridge@.service", SystemdUnits.Template(request, Parse(text)));
            Write("tunbridge-online.target", SystemdUnits.OnlineTarget(request));
        }

        internal string[] Paths => Directory.GetFiles(_directory);

        public void Dispose() => Directory.Delete(_directory, recursive: true);

        private void Write(string name, string text) => File.WriteAllText(Path.Combine(_directory, name), text);
    }
}
