// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Doctor.Facts;
using Tunbridge.Linux;

namespace Tunbridge.Doctor;

/// <summary>What to type, place by place, to give a process the node, the permission to open it, and the capability.</summary>
internal static class Remedies
{
    private const string Node = TunControl.ClonePath;

    /// <summary>The commands that make the node by hand.</summary>
    public static IReadOnlyList<string> NodeCommands { get; } =
        ["mkdir -p /dev/net", $"mknod {Node} c 10 200", $"chmod 0666 {Node}"];

    /// <summary>The commands that let every user open the node, now and, where udev makes nodes, after a reboot.</summary>
    public static IReadOnlyList<string> ModeCommands(Surroundings place) => place.HasUdev
        ? [$"chmod 0666 {Node}", "echo 'KERNEL==\"tun\", MODE=\"0666\"' > /etc/udev/rules.d/60-tun.rules"]
        : [$"chmod 0666 {Node}"];

    /// <summary>There is no node, though the driver is there.</summary>
    public static Remedy NodeMissing(Surroundings place) => place.Kind switch
    {
        PlaceKind.Host => new()
        {
            Explanation = place.HasSystemd
                ? "Let systemd make the node, or make it by hand."
                : "Make the node: nothing here (no udev, no systemd) makes it by itself.",
            Commands =
            [
                .. place.HasSystemd ? ["systemd-tmpfiles --create --prefix=/dev"] : Array.Empty<string>(),
                .. NodeCommands,
                .. place.MayBeDocker
                    ? ["docker run --device /dev/net/tun --cap-add NET_ADMIN …      # if this is a container after all"]
                    : Array.Empty<string>(),
            ],
            Repairs = [RepairKind.MakeNode],
        },
        PlaceKind.Wsl1 or PlaceKind.Wsl2 => new()
        {
            Explanation = "Make the node; WSL starts no udev unless systemd is on in /etc/wsl.conf.",
            Commands = NodeCommands,
            Repairs = [RepairKind.MakeNode],
        },
        _ => Device(place, "The node was not given to") with { Repairs = place.IsContainer ? [RepairKind.MakeNode] : [] },
    };

    /// <summary>The device cgroup refuses the node (EPERM at open).</summary>
    public static Remedy DeviceRefused(Surroundings place) => Device(place, "The device rules refuse 10:200 to");

    /// <summary>CAP_NET_ADMIN over this network namespace is missing.</summary>
    public static Remedy CapabilityMissing(Surroundings place, Privileges who)
    {
        string user = who.UserName;
        string program = Environment.ProcessPath ?? "tunbridge";
        List<string> commands = place.Kind switch
        {
            PlaceKind.Docker => ["docker run --device /dev/net/tun --cap-add NET_ADMIN …"],
            PlaceKind.Podman => ["podman run --device /dev/net/tun --cap-add NET_ADMIN …"],
            PlaceKind.Containerd => ["nerdctl run --device /dev/net/tun --cap-add NET_ADMIN …"],
            PlaceKind.Kubernetes => ["securityContext: { capabilities: { add: [NET_ADMIN] } }"],
            PlaceKind.Nspawn => ["systemd-nspawn --capability=CAP_NET_ADMIN --private-network …"],
            PlaceKind.Lxc => ["lxc.cap.drop =      # in the container's configuration, without net_admin in any later line"],
            PlaceKind.SystemdUnit => [$"systemctl edit {place.Unit}      # [Service] AmbientCapabilities=CAP_NET_ADMIN"],
            _ => [],
        };
        if (!place.IsContainer)
        {
            if (who.UserId != 0)
                commands.Add($"sudo tunbridge add tap0 --kind tap --owner {user}      # then {user} attaches without privilege");
            commands.Add($"sudo setcap cap_net_admin+ep {program}");
        }

        if (who.UserNamespacesAreAllowed && !who.IsInUserNamespace)
            commands.Add("unshare -Urn      # cards in a network namespace of one's own need no privilege");
        return new()
        {
            Explanation = who is { HasNetAdmin: true, IsInUserNamespace: true }
                ? "CAP_NET_ADMIN is held in this user namespace, but the network namespace belongs to another one: " +
                  "make one of your own (unshare -Urn, or a container with a private network)."
                : $"Creating and configuring cards needs CAP_NET_ADMIN, which user {user} lacks here: any one of " +
                    "these gives it.",
            Commands = commands,
        };
    }

    private static Remedy Device(Surroundings place, string start) => place.Kind switch
    {
        PlaceKind.Docker => new()
        {
            Explanation = $"{start} this container: start it with the device and the capability. runc 1.2.0 to 1.2.3 " +
                "left the device out of the default list; 1.2.4 has it back.",
            Commands =
            [
                "docker run --device /dev/net/tun --cap-add NET_ADMIN …",
                "devices: [\"/dev/net/tun\"]      # docker-compose.yml, beside cap_add: [NET_ADMIN]",
                "device_cgroup_rules: [\"c 10:200 rwm\"]      # docker-compose.yml, when the node is made inside",
            ],
        },
        PlaceKind.Podman => new()
        {
            Explanation = $"{start} this container: start it with the device and the capability.",
            Commands = ["podman run --device /dev/net/tun --cap-add NET_ADMIN …", "AddDevice=/dev/net/tun      # in a quadlet .container file"],
        },
        PlaceKind.Containerd => new()
        {
            Explanation = $"{start} this container (runc 1.2.0 to 1.2.3 dropped it from the defaults, 1.2.4 restored " +
                "it).",
            Commands = ["nerdctl run --device /dev/net/tun --cap-add NET_ADMIN …", "ctr run --device /dev/net/tun …"],
        },
        PlaceKind.Kubernetes => new()
        {
            Explanation = $"{start} this pod: mount it as a hostPath of type CharDevice and run privileged, or let a " +
                "device plugin hand it out; a hostPath alone gives the node but not the permission to open it. " +
                "runc 1.2.0 to 1.2.3 on the node dropped the default permission; 1.2.4 restored it.",
            Commands =
            [
                "volumes: [{ name: tun, hostPath: { path: /dev/net/tun, type: CharDevice } }]",
                "volumeMounts: [{ name: tun, mountPath: /dev/net/tun }]",
                "securityContext: { privileged: true }      # or a device plugin and capabilities: { add: " +
                    "[NET_ADMIN] }",
            ],
        },
        PlaceKind.Lxc => new()
        {
            Explanation = $"{start} this container: put these lines into its configuration on the host and restart " +
                "it. " +
                (place.IsCgroup2
                    ? "The host has cgroup version 2, where the old key lxc.cgroup.devices.allow is silently ignored."
                    : "The host has cgroup version 1."),
            Commands =
            [
                $"lxc.{(place.IsCgroup2 ? "cgroup2" : "cgroup")}.devices.allow = c 10:200 rwm",
                "lxc.mount.entry = /dev/net/tun dev/net/tun none bind,create=file",
                "lxc config device add CONTAINER tun unix-char path=/dev/net/tun      # LXD; incus config … for Incus",
            ],
        },
        PlaceKind.Nspawn => new()
        {
            Explanation = $"{start} this container.",
            Commands = ["systemd-nspawn --bind=/dev/net/tun --property='DeviceAllow=/dev/net/tun rw' --capability=CAP_NET_ADMIN …"],
        },
        PlaceKind.SystemdUnit => new()
        {
            Explanation = $"{start} {place.Unit}: allow it in the unit" +
                (place.UnitDeviceLines.Count > 0 ? " (its lines about devices are in the evidence)." : "."),
            Commands =
            [
                $"systemctl edit {place.Unit}      # and enter the lines below",
                "[Service]", "PrivateDevices=no", "DeviceAllow=/dev/net/tun rw",
                $"systemctl restart {place.Unit}",
            ],
        },
        _ => new()
        {
            Explanation = $"{start} this process: a device cgroup is set (a service, a container, or a slice above " +
                "it).",
            Commands = place.IsCgroup2
                ? ["systemd-run --pty -p DeviceAllow='/dev/net/tun rw' …"]
                : ["echo 'c 10:200 rwm' > /sys/fs/cgroup/devices/…/devices.allow      # the group is in /proc/self/cgroup"],
        },
    };
}
