// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Doctor.Facts;
using static Tunbridge.Doctor.Check;

namespace Tunbridge.Doctor.Checks;

/// <summary>Where the driver comes from, what would load it, and what the usual tools make of that.</summary>
internal static class ModuleChecks
{
    /// <summary>The module's state, with what modinfo, lsmod and modprobe would have said.</summary>
    public static Check Module(ModuleFacts module, DriverFacts driver)
    {
        ToolAnswers tools = ToolAnswers.Of(module, driver.IsPresent);
        List<string> notes = [];
        if (tools.WhyMisleading is { } why)
        {
            notes.Add($"modinfo, lsmod and modprobe mislead here: {why}");
            notes.Add($"  modinfo tun   {tools.Modinfo}");
            notes.Add($"  lsmod         {tools.Lsmod}");
            notes.Add($"  modprobe tun  {tools.Modprobe}");
        }

        bool isStuck = !driver.IsPresent && (!module.IsAvailable || module.ModprobeIsBlocked || module.LoadingIsDisabled);
        return new()
        {
            Id = "module",
            Status = driver.IsPresent ? CheckStatus.Ok : isStuck ? CheckStatus.Fail : CheckStatus.Warn,
            Summary = Describe(module, driver),
            Evidence =
            [
                .. Evidence(module),
                Seen("modinfo", tools.Modinfo), Seen("lsmod", tools.Lsmod), Seen("modprobe", tools.Modprobe),
            ],
            Notes = notes,
        };
    }

    /// <summary>Whether the driver will be there after a reboot too.</summary>
    public static Check Boot(ModuleFacts module, DriverFacts driver, Surroundings place)
    {
        Check ok = new() { Id = "boot", Status = CheckStatus.Ok, Summary = "" };
        if (place.IsContainer)
            return ok with { Status = CheckStatus.Skip, Summary = "the container's host decides what is loaded at boot" };
        if (driver.IsPresent && (module.IsBuiltIn || (!module.IsLoaded && !module.IsAvailable)))
            return ok with { Summary = "the driver is part of the kernel: nothing needs loading at boot" };
        if (!module.IsAvailable)
            return ok with { Status = CheckStatus.Skip, Summary = "there is no module to load" };
        if (module.LoadedAtBootBy is { } file)
            return ok with { Summary = $"{file} loads the module at boot" };
        if (place.HasSystemd)
            return ok with { Summary = "systemd makes the node at boot, and opening it loads the module (modules.devname)" };
        return ok with
        {
            Status = CheckStatus.Warn,
            Summary = "nothing loads the module at boot: after a reboot there may be neither driver nor node",
            Fix = new()
            {
                Explanation = "List it among the modules to load.",
                Commands = ["echo tun > /etc/modules-load.d/tun.conf"],
                Repairs = [RepairKind.LoadAtBoot],
            },
        };
    }

    /// <summary>How to get the driver into the kernel, by what the files show.</summary>
    public static Remedy DriverMissing(ModuleFacts module, Surroundings place)
    {
        if (place.IsContainer)
        {
            return new()
            {
                Explanation = "A container uses its host's kernel: load the module there.",
                Commands = ["modprobe tun      # on the host"],
            };
        }

        if (place.Kind == PlaceKind.Wsl1)
        {
            return new()
            {
                Explanation = "WSL 1 has no Linux kernel and no TUN/TAP: move the distribution to WSL 2.",
                Commands = ["wsl --set-version DISTRIBUTION 2      # in Windows"],
            };
        }

        if (module.LoadingIsDisabled)
        {
            return new()
            {
                Explanation = "kernel.modules_disabled is 1, and only a reboot takes that back: list the module to " +
                    "be loaded earlier at boot.",
                Commands = ["echo tun > /etc/modules-load.d/tun.conf", "reboot"],
                Repairs = [RepairKind.LoadAtBoot],
            };
        }

        if (module.ModprobeIsBlocked)
        {
            return new()
            {
                Explanation = $"modprobe.d forbids it ({string.Join("; ", module.Blocks)}): take that line out, then " +
                    "load it.",
                Commands = ["modprobe tun"],
            };
        }

        if (module.IsAvailable)
        {
            return new()
            {
                Explanation = "The module is there and not loaded." +
                    (module.Blocks.Count > 0 ? $" Loading on demand is switched off ({module.Blocks[0]}); loading by name still works." : "") +
                    (module.Lockdown is { } mode ? $" Lockdown is in {mode} mode: a module without a valid signature is refused." : ""),
                Commands = ["modprobe tun", "echo tun > /etc/modules-load.d/tun.conf"],
                Repairs = [RepairKind.LoadModule, RepairKind.LoadAtBoot],
            };
        }

        if (module.OtherReleases.Count > 0)
        {
            return new()
            {
                Explanation = $"The running kernel is {module.Release}, but modules are installed for " +
                    $"{string.Join(", ", module.OtherReleases)} only: the kernel was upgraded and not started yet. " +
                        "Reboot into it.",
                Commands = ["reboot"],
            };
        }

        if (place.Kind == PlaceKind.Wsl2)
            return new() { Explanation = "This WSL kernel has no TUN/TAP: update it.", Commands = ["wsl --update      # in Windows"] };
        if (module.Configuration == 'n' || (!module.KernelHasModules && module.Configuration != 'm'))
        {
            return new()
            {
                Explanation = $"This kernel was built without TUN/TAP " +
                    $"({module.ConfigurationFile ?? "it has no modules"}): " +
                    "start another one, or build it with CONFIG_TUN=y.",
            };
        }

        return new()
        {
            Explanation = module.Tree is null
                ? $"There is no /lib/modules/{module.Release}: install the modules of the running kernel, or reboot " +
                    "into one that has them."
                : "The modules of this kernel are installed without tun: a package of its own has it.",
            Commands =
            [
                $"apt install linux-modules-extra-{module.Release}      # Ubuntu",
                $"dnf install kernel-modules-{module.Release}      # Fedora, RHEL",
                "opkg install kmod-tun      # OpenWrt",
            ],
        };
    }

    /// <summary>What the files say, as evidence.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Evidence(ModuleFacts module)
    {
        List<KeyValuePair<string, string>> evidence =
        [
            Seen("kernel", module.Release),
            Seen("modules", module.Tree ?? $"no /lib/modules/{module.Release}"),
            Seen("configuration", module.Configuration is { } c ? $"CONFIG_TUN={c} ({module.ConfigurationFile})" : "not to be read"),
        ];
        if (!module.KernelHasModules)
            evidence.Add(Seen("modules-support", "none: there is no /proc/modules"));
        if (module.ModuleFile is { } file)
            evidence.Add(Seen("file", file));
        if (module.OtherReleases.Count > 0)
            evidence.Add(Seen("other-kernels", string.Join(", ", module.OtherReleases)));
        evidence.AddRange(module.Blocks.Select(b => Seen("modprobe.d", b)));
        if (module.LoadingIsDisabled)
            evidence.Add(Seen("kernel.modules_disabled", "1"));
        if (module.Lockdown is { } lockdown)
            evidence.Add(Seen("lockdown", lockdown));
        return evidence;
    }

    private static string Describe(ModuleFacts module, DriverFacts driver)
    {
        if (driver.IsPresent)
        {
            if (module.IsLoaded)
                return "tun is loaded as a module";
            return module.IsBuiltIn ? "the driver is built into the kernel" : "the driver is in the kernel; no file says how it came there";
        }

        if (module.LoadingIsDisabled)
            return "modules cannot be loaded any more: kernel.modules_disabled is 1";
        if (module.ModprobeIsBlocked)
            return "modprobe.d forbids loading tun";
        if (module.IsAvailable)
            return $"the module is installed for {module.Release} and not loaded";
        if (module.OtherReleases.Count > 0)
            return $"no module for the running {module.Release}, only for {string.Join(", ", module.OtherReleases)}: reboot";
        return module.Configuration == 'n' ? "this kernel was built without CONFIG_TUN" : $"no module tun for {module.Release}";
    }
}
