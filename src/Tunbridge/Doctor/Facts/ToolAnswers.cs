// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Doctor.Facts;

/// <summary>What modinfo, lsmod and modprobe would say of <c>tun</c>, computed from the files they read.</summary>
/// <remarks>None of the three is run, and none needs to be installed.</remarks>
internal sealed record ToolAnswers
{
    /// <summary>What <c>modinfo tun</c> would print, in short.</summary>
    public required string Modinfo { get; init; }

    /// <summary>What <c>lsmod</c> would show.</summary>
    public required string Lsmod { get; init; }

    /// <summary>What <c>modprobe tun</c> would do.</summary>
    public required string Modprobe { get; init; }

    /// <summary>Why at least one of them misleads; null when all three agree with the truth.</summary>
    public required string? WhyMisleading { get; init; }

    /// <summary>Computes them.</summary>
    /// <param name="module">What the files say.</param>
    /// <param name="driverIsPresent">The truth, from the driver.</param>
    public static ToolAnswers Of(ModuleFacts module, bool driverIsPresent) => new()
    {
        Modinfo = DescribeModinfo(module),
        Lsmod = DescribeLsmod(module),
        Modprobe = DescribeModprobe(module),
        WhyMisleading = Why(module, driverIsPresent),
    };

    private static string DescribeModinfo(ModuleFacts module)
    {
        if (module.ModuleFile is { } file)
            return $"filename: {module.Tree}/{file} (exit 0)";
        return module.IsListedBuiltIn && module.HasBuiltInInfo
            ? "filename: (builtin) (exit 0)"
            : "modinfo: ERROR: Module tun not found. (exit 1)";
    }

    private static string DescribeLsmod(ModuleFacts module)
    {
        if (!module.KernelHasModules)
            return "error: could not open /proc/modules (exit 1)";
        return module.IsLoaded ? "a row for tun (exit 0)" : "no row for tun (exit 0)";
    }

    private static string DescribeModprobe(ModuleFacts module)
    {
        if (module.IsLoaded || module.IsListedBuiltIn)
            return "nothing, exit 0";
        if (module.ModuleFile is null)
            return $"modprobe: FATAL: Module tun not found in directory /lib/modules/{module.Release} (exit 1)";
        if (module.ModprobeIsBlocked)
            return "runs the install line of modprobe.d in place of loading";
        return module.LoadingIsDisabled
            ? "modprobe: ERROR: could not insert 'tun': Operation not permitted (exit 1)"
            : "loads it, exit 0 (needs CAP_SYS_MODULE)";
    }

    private static string? Why(ModuleFacts module, bool driverIsPresent)
    {
        if (driverIsPresent && !module.IsLoaded)
        {
            if (module.Tree is null)
            {
                return "they read module files and there is no directory for this kernel, " +
                    "yet the driver is in the kernel and answers";
            }

            return module.IsAvailable && !module.IsListedBuiltIn
                ? "lsmod shows this kernel's own list, yet the driver answers: this view of /proc/modules is not the " +
                    "kernel's"
                : "they list loadable modules; the driver is built into the kernel, which no module list shows";
        }

        if (!driverIsPresent && (module.IsLoaded || module.IsBuiltIn))
            return "the files promise the driver, yet /proc/misc does not list it: they belong to another kernel or view";
        if (!driverIsPresent && module.IsAvailable)
            return "modinfo finds a file, which is not the same as a loaded driver";
        return null;
    }
}
