// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Doctor.Facts;
using Tunbridge.Linux;
using static Tunbridge.Doctor.Check;

namespace Tunbridge.Doctor.Checks;

/// <summary>Is the driver there, does its node stand, does it open, does it answer?</summary>
internal static class DriverChecks
{
    private const string Node = TunControl.ClonePath;

    private static readonly (TunFlags Flag, string Name)[] s_features =
    [
        (TunFlags.Tun, "tun"), (TunFlags.Tap, "tap"), (TunFlags.NoPacketInformation, "no_pi"),
        (TunFlags.VirtioHeader, "vnet_hdr"), (TunFlags.MultiQueue, "multi_queue"), (TunFlags.Napi, "napi"),
        (TunFlags.NapiFragments, "napi_frags"), (TunFlags.NoCarrier, "no_carrier"),
    ];

    /// <summary>The driver's row in /proc/misc.</summary>
    public static Check Driver(DriverFacts driver, ModuleFacts module, Surroundings place)
    {
        if (driver.IsPresent)
        {
            string how = (driver.IsListed, driver.WasLoadedByOpen) switch
            {
                (_, true) => "loaded by the kernel when the node was opened",
                (true, _) => "/proc/misc lists \"200 tun\"",
                _ => "it answers, although /proc/misc does not list it here",
            };
            return new() { Id = "driver", Status = CheckStatus.Ok, Summary = $"the kernel has the TUN/TAP driver: {how}" };
        }

        if (driver.IsListed is null)
        {
            return new()
            {
                Id = "driver",
                Status = CheckStatus.Skip,
                Summary = "/proc/misc cannot be read; the node decides",
            };
        }

        return new()
        {
            Id = "driver",
            Status = CheckStatus.Fail,
            Summary = "the kernel has no TUN/TAP driver now: /proc/misc does not list \"200 tun\"",
            Evidence = ModuleChecks.Evidence(module),
            Fix = ModuleChecks.DriverMissing(module, place),
        };
    }

    /// <summary>The node: there, a character device, 10:200, openable by those who should.</summary>
    public static Check NodeItself(DriverFacts driver, Surroundings place)
    {
        if (driver.Node is not { } node)
        {
            return driver.NodeErrno is Errno.ENOENT or Errno.ENOTDIR
                ? new()
                {
                    Id = "node",
                    Status = CheckStatus.Fail,
                    Summary = $"{Node} does not exist",
                    Evidence = [Seen("driver", driver.IsPresent ? "present, so only the node is missing" : "not present either")],
                    Fix = Remedies.NodeMissing(place),
                }
                : new()
                {
                    Id = "node",
                    Status = CheckStatus.Fail,
                    Summary = $"{Node} cannot be looked at: {LinuxException.Describe(driver.NodeErrno)} " +
                        $"({driver.NodeErrno})",
                    Fix = new() { Explanation = "This user may not pass one of its directories.", Commands = ["ls -ld /dev /dev/net"] },
                };
        }

        List<KeyValuePair<string, string>> evidence = Describe(node);
        if (!driver.IsNodeRight)
        {
            return new()
            {
                Id = "node",
                Status = CheckStatus.Fail,
                Summary = node.IsCharacterDevice
                    ? $"{Node} has the wrong numbers: {node.Major}:{node.Minor} in place of 10:200"
                    : $"{Node} is not a character device",
                Evidence = evidence,
                Fix = new()
                {
                    Explanation = "Make it anew.",
                    Commands = [$"rm {Node}", .. Remedies.NodeCommands],
                    Repairs = [RepairKind.MakeNode],
                },
            };
        }

        if (node.IsOnNodevMount)
        {
            return new()
            {
                Id = "node",
                Status = CheckStatus.Fail,
                Summary = $"{Node} lies on a file system mounted nodev, where no device opens",
                Evidence = evidence,
                Fix = new()
                {
                    Explanation = "Mount that file system with dev, or make the node on one that is.",
                    Commands = [$"mount -o remount,dev \"$(stat -c %m {Node})\""],
                },
            };
        }

        if (node.UserId != 0)
        {
            return new()
            {
                Id = "node",
                Status = CheckStatus.Warn,
                Summary = $"{Node} belongs to user {node.UserId}, not to root",
                Evidence = evidence,
                Fix = new()
                {
                    Explanation = "systemd-nspawn with user namespaces gives the node to the container's root " +
                        "(systemd issue 34243); others then cannot open it where its mode is strict.",
                    Commands = [$"chown root:root {Node}"],
                },
            };
        }

        if ((node.Mode & 0x1b6) != 0x1b6)
        {
            return new()
            {
                Id = "node",
                Status = CheckStatus.Warn,
                Summary = $"{Node} has mode {Octal(node.Mode)}: not every user may open it (udev's usual rule is 0666)",
                Evidence = evidence,
                Fix = new()
                {
                    Explanation = "The node is harmless to share: a card still needs CAP_NET_ADMIN, or an owner. " +
                        (place.HasUdev ? "A rule of udev keeps the mode." : "Without udev nothing sets the usual mode."),
                    Commands = Remedies.ModeCommands(place),
                },
            };
        }

        return new()
        {
            Id = "node",
            Status = CheckStatus.Ok,
            Summary = $"{Node} is 10:200, mode {Octal(node.Mode)}",
            Evidence = evidence,
        };
    }

    /// <summary>Opening it; the error tells the causes apart.</summary>
    public static Check Open(DriverFacts driver, ModuleFacts module, Surroundings place, Privileges who)
    {
        Errno errno = driver.OpenErrno;
        if (driver.Node is not null && !driver.IsNodeRight)
        {
            return new()
            {
                Id = "open",
                Status = CheckStatus.Skip,
                Summary = $"opening it says nothing of the driver while the node is wrong " +
                    $"({(errno == Errno.None ? "it opens" : errno.ToString())})",
            };
        }

        if (errno == Errno.None)
            return new() { Id = "open", Status = CheckStatus.Ok, Summary = $"{Node} opens for reading and writing" };
        if (driver.Node is null)
            return new() { Id = "open", Status = CheckStatus.Skip, Summary = "there is no node to open" };
        Remedy fix = errno switch
        {
            Errno.ENODEV => ModuleChecks.DriverMissing(module, place),
            Errno.EACCES when driver.Node.IsOnNodevMount => new()
            {
                Explanation = "The mount's nodev option refuses it, whoever asks.",
                Commands = [$"mount -o remount,dev \"$(stat -c %m {Node})\""],
            },
            Errno.EACCES when ModeRefuses(driver.Node, who) => new()
            {
                Explanation = $"Mode {Octal(driver.Node.Mode)} keeps user {who.UserName} out: give everyone the node " +
                    "(udev's rule), or a group of its own.",
                Commands = Remedies.ModeCommands(place),
            },
            Errno.EACCES => new()
            {
                Explanation = "Mode and mount allow it, so a security module refuses (AppArmor, SELinux): its log " +
                    "names the profile.",
                Commands = ["journalctl -k -g 'apparmor=\"DENIED\"|avc: *denied'"],
            },
            Errno.EPERM => Remedies.DeviceRefused(place),
            Errno.EMFILE or Errno.ENFILE => new() { Explanation = "No descriptor is left.", Commands = ["ulimit -n 65536"] },
            _ => new() { Explanation = "This error has no usual cause here: the kernel's log may know more.", Commands = ["dmesg | tail"] },
        };
        List<KeyValuePair<string, string>> evidence =
        [
            Seen("error", $"open {Node}: {LinuxException.Describe(errno)} ({errno})"),
            Seen("user", $"{who.UserName} ({who.UserId})"),
            .. Describe(driver.Node),
        ];
        if (errno == Errno.EPERM)
        {
            evidence.Add(Seen("cause", "EPERM at open (not at TUNSETIFF) is the device cgroup's answer, whatever the capabilities are"));
            evidence.Add(Seen("cgroup", place.IsCgroup2 ? "version 2 (an eBPF program decides)" : "version 1 (devices.list decides)"));
            evidence.AddRange(place.UnitDeviceLines.Select(l => Seen("unit", l)));
        }

        return new()
        {
            Id = "open",
            Status = CheckStatus.Fail,
            Summary = $"{Node} does not open: {Cause(errno, driver.Node, who)}",
            Evidence = evidence,
            Fix = fix,
        };
    }

    /// <summary>What the driver says it can do.</summary>
    public static Check Features(DriverFacts driver)
    {
        if (driver.Features is not { } features)
        {
            bool refused = driver.FeaturesErrno != Errno.None;
            return new()
            {
                Id = "features",
                Status = refused ? CheckStatus.Fail : CheckStatus.Skip,
                Summary = refused
                    ? $"TUNGETFEATURES is refused: {LinuxException.Describe(driver.FeaturesErrno)} " +
                        $"({driver.FeaturesErrno}); another driver has these numbers"
                    : "there is no open node to ask",
            };
        }

        string[] names = [.. s_features.Where(f => features.HasFlag(f.Flag)).Select(f => f.Name)];
        string[] missing = [.. s_features.Where(f => !features.HasFlag(f.Flag)).Select(f => f.Name)];
        return new()
        {
            Id = "features",
            Status = (features & TunFlags.VirtioHeader) != 0 ? CheckStatus.Ok : CheckStatus.Warn,
            Summary = $"TUNGETFEATURES: {string.Join(", ", names)}" + (missing.Length == 0 ? "" : $"; not {string.Join(", ", missing)}"),
            Evidence = [Seen("flags", $"0x{(ushort)features:x4}")],
        };
    }

    private static string Cause(Errno errno, DeviceNode node, Privileges who) => errno switch
    {
        Errno.ENODEV => "the node is right, but the kernel has no driver for it",
        Errno.EACCES when node.IsOnNodevMount => "its file system is mounted nodev",
        Errno.EACCES when ModeRefuses(node, who) => $"mode {Octal(node.Mode)} keeps user {who.UserName} out",
        Errno.EACCES => "a security module refuses",
        Errno.EPERM => "the device cgroup refuses 10:200",
        _ => $"{LinuxException.Describe(errno)} ({errno})",
    };

    private static bool ModeRefuses(DeviceNode node, Privileges who)
    {
        // The first class that fits decides, as in path_resolution(7); reading and writing are both wanted.
        uint shift = node.UserId == who.UserId ? 6u : who.Groups.Contains(node.GroupId) ? 3u : 0u;
        return ((node.Mode >> (int)shift) & 6) != 6;
    }

    private static List<KeyValuePair<string, string>> Describe(DeviceNode node) =>
    [
        Seen("type", node.IsCharacterDevice ? $"character device {node.Major}:{node.Minor}" : "not a character device"),
        Seen("mode", Octal(node.Mode)),
        Seen("owner", $"{node.UserId}:{node.GroupId}"),
        Seen("mount", node.IsOnNodevMount ? "nodev" : "dev"),
    ];

    private static string Octal(uint mode) => "0" + Convert.ToString((int)mode, 8).PadLeft(3, '0');
}
