// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Doctor.Facts;

/// <summary>What the files that modinfo, lsmod and modprobe read say of the module <c>tun</c>.</summary>
internal sealed record ModuleFacts
{
    private static readonly string[] s_treeParents =
        ["/lib/modules", "/usr/lib/modules", "/run/booted-system/kernel-modules/lib/modules"];

    private static readonly string[] s_configurationDirectories = ["/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib"];

    /// <summary>The running kernel, as <c>uname -r</c>.</summary>
    public required string Release { get; init; }

    /// <summary>The directory of the running kernel's modules, or null when there is none.</summary>
    public required string? Tree { get; init; }

    /// <summary>The module's file in that directory, relative to it, or null.</summary>
    public required string? ModuleFile { get; init; }

    /// <summary>Whether modules.builtin of that directory names the driver.</summary>
    public required bool IsListedBuiltIn { get; init; }

    /// <summary>Whether modinfo has something to say of a built-in driver (modules.builtin.modinfo).</summary>
    public required bool HasBuiltInInfo { get; init; }

    /// <summary>Whether the kernel can load modules at all (there is a /proc/modules).</summary>
    public required bool KernelHasModules { get; init; }

    /// <summary>Whether /proc/modules has a row for it.</summary>
    public required bool IsLoaded { get; init; }

    /// <summary>CONFIG_TUN: y, m or n; null when no configuration can be read.</summary>
    public required char? Configuration { get; init; }

    /// <summary>The file the configuration was read from.</summary>
    public required string? ConfigurationFile { get; init; }

    /// <summary>Other kernels whose directories have the driver.</summary>
    public required IReadOnlyList<string> OtherReleases { get; init; }

    /// <summary>Lines of modprobe.d that stand in the way, as <c>file: line</c>.</summary>
    public required IReadOnlyList<string> Blocks { get; init; }

    /// <summary>Whether one of them stops <c>modprobe tun</c> too, and not only loading on demand.</summary>
    public required bool ModprobeIsBlocked { get; init; }

    /// <summary>Whether kernel.modules_disabled forbids loading until reboot.</summary>
    public required bool LoadingIsDisabled { get; init; }

    /// <summary>The kernel's lockdown mode, integrity or confidentiality; null when off or unknown.</summary>
    public required string? Lockdown { get; init; }

    /// <summary>What loads it at boot: a file of modules-load.d, or null.</summary>
    public required string? LoadedAtBootBy { get; init; }

    /// <summary>Whether the driver is part of the kernel, as far as files say.</summary>
    public bool IsBuiltIn => IsListedBuiltIn || Configuration == 'y';

    /// <summary>Whether <c>modprobe tun</c> finds something to load.</summary>
    public bool IsAvailable => ModuleFile is not null;

    /// <summary>Reads the files.</summary>
    public static ModuleFacts Read(DoctorRoot root)
    {
        string release = root.KernelRelease;
        string? tree = s_treeParents.Select(p => $"{p}/{release}").FirstOrDefault(root.Exists);
        (char? configuration, string? configurationFile) = ReadConfiguration(root, release, tree);
        string? modules = root.ReadText("/proc/modules");
        (IReadOnlyList<string> blocks, bool modprobeIsBlocked) = ReadBlocks(root);
        return new()
        {
            Release = release,
            Tree = tree,
            ModuleFile = tree is null ? null : FindModule(root, tree),
            IsListedBuiltIn = tree is not null && HasBuiltIn(root, tree),
            HasBuiltInInfo = tree is not null &&
                root.ReadText($"{tree}/modules.builtin.modinfo")?.Contains("tun.file=", StringComparison.Ordinal) == true,
            KernelHasModules = modules is not null,
            IsLoaded = modules?.Split('\n').Any(l => l.StartsWith("tun ", StringComparison.Ordinal)) == true,
            Configuration = configuration,
            ConfigurationFile = configurationFile,
            OtherReleases = FindOtherReleases(root, release),
            Blocks = blocks,
            ModprobeIsBlocked = modprobeIsBlocked,
            LoadingIsDisabled = root.ReadWord("/proc/sys/kernel/modules_disabled") == "1",
            Lockdown = ReadLockdown(root),
            LoadedAtBootBy = FindBootEntry(root),
        };
    }

    private static string? FindModule(DoctorRoot root, string tree)
    {
        foreach (string line in root.ReadLines($"{tree}/modules.dep"))
        {
            string file = line.Split(':')[0];
            string name = file[(file.LastIndexOf('/') + 1)..];
            if (name is "tun.ko" or "tun.ko.xz" or "tun.ko.zst" or "tun.ko.gz")
                return file;
        }

        return null;
    }

    private static bool HasBuiltIn(DoctorRoot root, string tree) =>
        root.ReadLines($"{tree}/modules.builtin").Any(l => l.EndsWith("/tun.ko", StringComparison.Ordinal));

    private static List<string> FindOtherReleases(DoctorRoot root, string release)
    {
        List<string> found = [];
        // A merged /usr shows the same directories twice.
        foreach (string parent in s_treeParents)
        {
            foreach (string name in root.List(parent))
            {
                string tree = $"{parent}/{name}";
                if (name != release && !found.Contains(name) && (FindModule(root, tree) is not null || HasBuiltIn(root, tree)))
                    found.Add(name);
            }
        }

        return found;
    }

    private static (char? Value, string? File) ReadConfiguration(DoctorRoot root, string release, string? tree)
    {
        string?[] candidates =
        [
            "/proc/config.gz", $"/boot/config-{release}", tree is null ? null : $"{tree}/config",
            $"/usr/lib/kernel/config-{release}", $"/usr/src/linux-headers-{release}/.config",
        ];
        foreach (string? file in candidates)
        {
            if (file is null || root.ReadText(file) is not { } text)
                continue;
            foreach (string line in text.Split('\n'))
            {
                if (line.StartsWith("CONFIG_TUN=", StringComparison.Ordinal) && line.Length > 11)
                    return (line[11], file);
            }

            return ('n', file);
        }

        return (null, null);
    }

    private static (IReadOnlyList<string> Lines, bool ModprobeIsBlocked) ReadBlocks(DoctorRoot root)
    {
        List<string> lines = [];
        HashSet<string> seen = [];
        bool modprobe = false;
        foreach (string directory in s_configurationDirectories.Select(d => $"{d}/modprobe.d"))
        {
            foreach (string name in root.List(directory, ".conf"))
            {
                // A file in an earlier directory replaces its namesake in a later one (modprobe.d(5)).
                if (!seen.Add(name))
                    continue;
                foreach (string line in root.ReadLines($"{directory}/{name}"))
                {
                    string[] words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
                    bool installs = words is ["install", "tun", ..];
                    if (!installs && words is not (["blacklist", "tun"] or ["alias", "char-major-10-200" or "devname:net/tun", "off"]))
                        continue;
                    lines.Add($"{directory}/{name}: {line.Trim()}");
                    modprobe |= installs;
                }
            }
        }

        return (lines, modprobe);
    }

    private static string? ReadLockdown(DoctorRoot root)
    {
        // "none [integrity] confidentiality": the one in brackets holds.
        string[] words = root.ReadWord("/sys/kernel/security/lockdown")?.Split(' ') ?? [];
        string? mode = words.FirstOrDefault(w => w.StartsWith('['))?.Trim('[', ']');
        return mode is null or "none" ? null : mode;
    }

    private static string? FindBootEntry(DoctorRoot root)
    {
        IEnumerable<string> files = s_configurationDirectories.Select(d => $"{d}/modules-load.d")
            .SelectMany(d => root.List(d, ".conf").Select(n => $"{d}/{n}")).Append("/etc/modules");
        return files.FirstOrDefault(f => root.ReadLines(f).Any(l => l.Trim() == "tun"));
    }
}
