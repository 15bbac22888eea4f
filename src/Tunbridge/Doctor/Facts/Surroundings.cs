// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Doctor.Facts;

/// <summary>Where the process runs, and by what that was recognised.</summary>
internal sealed record Surroundings
{
    private const string DockerMark = "/.dockerenv";

    private static readonly string[] s_unitDirectories =
        ["/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];

    /// <summary>The kind of place.</summary>
    public required PlaceKind Kind { get; init; }

    /// <summary>The place in words, such as <c>a Docker container</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What showed it.</summary>
    public required string ShownBy { get; init; }

    /// <summary>Whether the device rules of this place are those of cgroup version 2.</summary>
    public required bool IsCgroup2 { get; init; }

    /// <summary>The systemd unit the process belongs to, or null.</summary>
    public string? Unit { get; init; }

    /// <summary>The unit's lines about devices, as <c>file: line</c>.</summary>
    public IReadOnlyList<string> UnitDeviceLines { get; init; } = [];

    /// <summary>Whether systemd runs as the first process, so that units and tmpfiles mean something.</summary>
    public bool HasSystemd { get; init; }

    /// <summary>Whether a mark of Docker was seen on what otherwise looks like a machine.</summary>
    public bool MayBeDocker { get; init; }

    /// <summary>Whether udev runs here, and so its rules decide the node's mode.</summary>
    public bool HasUdev { get; init; }

    /// <summary>Whether a container runtime stands between this place and the machine.</summary>
    public bool IsContainer => Kind is PlaceKind.Docker or PlaceKind.Podman or PlaceKind.Kubernetes or
        PlaceKind.Containerd or PlaceKind.Lxc or PlaceKind.Nspawn;

    /// <summary>Looks around, from the innermost possible place outwards.</summary>
    public static Surroundings Read(DoctorRoot root)
    {
        string ownGroups = root.ReadText("/proc/self/cgroup") ?? "";
        string groups = ownGroups + root.ReadText("/proc/1/cgroup");
        string? unit = FindUnit(ownGroups);
        (PlaceKind kind, string name, string shownBy) = Recognise(root, groups, unit);
        return new()
        {
            Kind = kind,
            Name = name,
            ShownBy = shownBy,
            // Version 1 has a hierarchy of its own for devices; version 2 an eBPF program.
            IsCgroup2 = !groups.Split('\n').Any(l => l.Split(':') is [_, "devices", ..]),
            Unit = unit,
            UnitDeviceLines = unit is null ? [] : ReadUnitLines(root, unit),
            MayBeDocker = kind == PlaceKind.Host && root.Exists(DockerMark),
            HasUdev = root.Exists("/run/udev/control"),
            HasSystemd = root.Exists("/run/systemd/system"),
        };
    }

    private static (PlaceKind Kind, string Name, string ShownBy) Recognise(DoctorRoot root, string groups, string? unit)
    {
        if (root.Variable("KUBERNETES_SERVICE_HOST") is not null)
            return (PlaceKind.Kubernetes, "a Kubernetes pod", "KUBERNETES_SERVICE_HOST is set");
        if (root.Exists("/var/run/secrets/kubernetes.io"))
            return (PlaceKind.Kubernetes, "a Kubernetes pod", "/var/run/secrets/kubernetes.io");
        if (groups.Contains("kubepods", StringComparison.Ordinal))
            return (PlaceKind.Kubernetes, "a Kubernetes pod", "the cgroup's path has kubepods");

        // container= of the first process, as systemd keeps it for others to read.
        string container = root.ReadWord("/run/systemd/container") ?? root.Variable("container") ?? "";
        if (root.Exists("/run/.containerenv") || container == "podman")
            return (PlaceKind.Podman, "a Podman container", root.Exists("/run/.containerenv") ? "/run/.containerenv" : "container=podman");
        if (container is "lxc" or "lxc-libvirt" || root.Exists("/dev/lxd/sock") || root.Exists("/dev/incus/sock") ||
            groups.Contains("lxc.payload", StringComparison.Ordinal) || groups.Contains(":/lxc/", StringComparison.Ordinal))
        {
            return (PlaceKind.Lxc, "an LXC container", container.Length > 0 ? $"container={container}" : "the cgroup's path or /dev/lxd/sock");
        }

        if (container == "systemd-nspawn" || root.ReadWord("/run/host/container-manager") == "systemd-nspawn")
            return (PlaceKind.Nspawn, "a systemd-nspawn container", "container=systemd-nspawn");
        if (groups.Contains("/docker", StringComparison.Ordinal) || container == "docker")
            return (PlaceKind.Docker, "a Docker container", "the cgroup's path has docker");
        if (groups.Contains("containerd", StringComparison.Ordinal))
            return (PlaceKind.Containerd, "a containerd container", "the cgroup's path has containerd");
        bool isMachine = DevIsDevtmpfs(root);
        if (root.Exists(DockerMark) && !isMachine)
            return (PlaceKind.Docker, "a Docker container", DockerMark);

        string release = root.KernelRelease;
        if (release.Contains("microsoft", StringComparison.Ordinal))
            return (PlaceKind.Wsl2, "WSL 2", $"the kernel's release is {release}");
        if (release.Contains("Microsoft", StringComparison.Ordinal))
            return (PlaceKind.Wsl1, "WSL 1", $"the kernel's release is {release}");
        if (unit is not null)
            return (PlaceKind.SystemdUnit, $"the systemd unit {unit}", "the cgroup's path");
        return (PlaceKind.Host, "a machine of its own", root.Exists(DockerMark)
            ? "/.dockerenv is there, but /dev is the kernel's own devtmpfs, which Docker never mounts: an image " +
                "unpacked as a machine"
            : "no sign of a container");
    }

    /// <summary>Whether /dev is the kernel's own: container runtimes mount a tmpfs there.</summary>
    private static bool DevIsDevtmpfs(DoctorRoot root)
    {
        // 5th field: the mount point; after " - ": the file system type (proc(5)). The last mount covers the others.
        string? mount = root.ReadLines("/proc/self/mountinfo").LastOrDefault(l => l.Split(' ') is [_, _, _, _, "/dev", ..]);
        return mount?.Contains(" - devtmpfs ", StringComparison.Ordinal) == true;
    }

    private static string? FindUnit(string groups)
    {
        foreach (string line in groups.Split('\n'))
        {
            // "0::/system.slice/foo.service" (version 2), "1:name=systemd:/…" (version 1).
            string[] fields = line.Split(':', 3);
            if (fields is not ([_, "", _] or [_, "name=systemd", _]))
                continue;
            string? unit = fields[2].Split('/').LastOrDefault(p => p.EndsWith(".service", StringComparison.Ordinal));
            // A login's user manager is a unit too, but not one with a sandbox.
            if (unit is not null && !unit.StartsWith("user@", StringComparison.Ordinal))
                return unit;
        }

        return null;
    }

    private static List<string> ReadUnitLines(DoctorRoot root, string unit)
    {
        // foo@bar.service is made from foo@.service.
        int at = unit.IndexOf('@', StringComparison.Ordinal);
        string[] names = at < 0 ? [unit] : [unit, $"{unit[..at]}@.service"];
        List<string> lines = [];
        foreach (string directory in s_unitDirectories)
        {
            foreach (string name in names)
            {
                IEnumerable<string> files = root.List($"{directory}/{name}.d", ".conf")
                    .Select(f => $"{directory}/{name}.d/{f}").Prepend($"{directory}/{name}");
                foreach (string file in files)
                {
                    lines.AddRange(root.ReadLines(file).Select(l => l.Trim()).Where(IsAboutDevices)
                        .Select(l => $"{file}: {l}"));
                }
            }
        }

        return lines;
    }

    private static bool IsAboutDevices(string line) =>
        line.StartsWith("DevicePolicy=", StringComparison.Ordinal) ||
        line.StartsWith("DeviceAllow=", StringComparison.Ordinal) ||
        line.StartsWith("PrivateDevices=", StringComparison.Ordinal) ||
        line.StartsWith("PrivateNetwork=", StringComparison.Ordinal) ||
        line.StartsWith("RestrictAddressFamilies=", StringComparison.Ordinal) ||
        line.StartsWith("CapabilityBoundingSet=", StringComparison.Ordinal) ||
        line.StartsWith("AmbientCapabilities=", StringComparison.Ordinal);
}
