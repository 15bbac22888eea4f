// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Tunbridge.Configuration;
using Tunbridge.Service;

namespace Tunbridge.Commands;

/// <summary>tunbridge service install and remove: the cards at boot.</summary>
internal static class ServiceCommand
{
    internal static Command Create() =>
        new("service", "Make the file's cards at boot, by systemd or a SysV script") { CreateInstall(), CreateRemove() };

    /// <summary>Reads the instance that is also the service's name.</summary>
    internal static string? CheckedName(string? name) =>
        name is not null && ServiceRequest.FindNameMistake(name) is string mistake ? throw new UsageException(mistake) : name;

    internal static Option<string?> Name() => new("--name")
    {
        Description = "The service's name, and the instance that its cards belong to",
        HelpName = "NAME",
    };

    internal static Option<string> Root() => new("--root")
    {
        Description = "Write below this directory and run nothing, for images and packages",
        HelpName = "DIR",
        DefaultValueFactory = _ => "",
    };

    internal static string FullRoot(string root) => root.Length == 0 ? "" : Path.GetFullPath(root).TrimEnd('/');

    private static Command CreateInstall()
    {
        Option<bool> systemd = new("--systemd") { Description = "Units for systemd (where it runs, this is meant)" };
        Option<bool> sysv = new("--sysv") { Description = "A script in /etc/init.d" };
        Option<string?> file = new("--file", "-f") { Description = $"The file; else {ConfigurationFile.DefaultPath}", HelpName = "FILE" };
        Option<string?> name = Name();
        Option<string?> levels = new("--levels") { Description = "The run levels of a SysV script, 2345 unless given", HelpName = "345" };
        Option<string?> program = new("--program") { Description = "The program that is started; else this one", HelpName = "PATH" };
        Option<string> root = Root();
        Option<bool> dryRun = RunOptions.DryRun("Only say what would be written, linked and run");
        Command command = new("install", "Install and enable; starts nothing; again is the same") { systemd, sysv, file, name, levels, program, root, dryRun };
        command.SetAction(parsed =>
        {
            string where = FullRoot(parsed.GetRequiredValue(root));
            bool forSystemd = IsSystemd(parsed.GetValue(systemd), parsed.GetValue(sysv), where);
            string? wantedLevels = parsed.GetValue(levels);
            if (wantedLevels is not null && forSystemd)
                throw new UsageException("--levels is for --sysv: systemd has no run levels");
            if (wantedLevels is not null && ServiceRequest.FindLevelsMistake(wantedLevels) is string mistake)
                throw new UsageException(mistake);
            string? instance = CheckedName(parsed.GetValue(name));
            string? path = parsed.GetValue(file) is string given ? Path.GetFullPath(given) : null;
            string started = parsed.GetValue(program) ?? Environment.ProcessPath ?? "/usr/bin/tunbridge";
            if (ServiceRequest.FindPathMistake(started) is string wrongProgram)
                throw new UsageException($"--program: {wrongProgram}");
            if (path is not null && ServiceRequest.FindPathMistake(path) is string wrongFile)
                throw new UsageException($"--file: {wrongFile}");
            DesiredState desired = ConfigurationFile.Load(path, instance);
            ServiceRequest request = new()
            {
                Name = instance ?? ServiceRequest.DefaultName,
                Instance = instance,
                File = path,
                Levels = wantedLevels ?? ServiceRequest.DefaultLevels,
                Program = started,
            };
            bool isDry = parsed.GetValue(dryRun);
            if (forSystemd)
                new SystemdInstallation(where, Console.Out, isDry).Install(request, desired);
            else
                new SysvInstallation(where, Console.Out, isDry).Install(request);
            if (where.Length == 0 && !isDry)
                Console.Error.WriteLine($"it starts at the next boot, or now with: {Start(forSystemd, request.Name)}");
            return ExitCode.Done;
        });
        return command.WithExamples(
            ("tunbridge service install", "the cards of /etc/tunbridge/tunbridge.yaml at boot"),
            ("tunbridge service install --dry-run", "which files it would write, and what would enable them"),
            ("tunbridge service install --sysv --name config_tap --levels 345", "in place of the script /etc/init.d/config_tap"));
    }

    private static Command CreateRemove()
    {
        Option<bool> systemd = new("--systemd") { Description = "The units of systemd only" };
        Option<bool> sysv = new("--sysv") { Description = "The script in /etc/init.d only" };
        Option<string?> name = Name();
        Option<string> root = Root();
        Command command = new("remove", "Take away what install wrote, and put back what it replaced; cards stay") { systemd, sysv, name, root };
        command.SetAction(parsed =>
        {
            string where = FullRoot(parsed.GetRequiredValue(root));
            string service = CheckedName(parsed.GetValue(name)) ?? ServiceRequest.DefaultName;
            bool both = parsed.GetValue(systemd) == parsed.GetValue(sysv), changed = false;
            if (both || parsed.GetValue(systemd))
                changed = new SystemdInstallation(where, Console.Out).Remove(service);
            if (both || parsed.GetValue(sysv))
                changed |= new SysvInstallation(where, Console.Out).Remove(service);
            if (!changed)
                Console.Error.WriteLine($"nothing of a service {service} is installed");
            return ExitCode.Done;
        });
        return command.WithExamples(("tunbridge service remove", "the units or the script of `tunbridge service install`"));
    }

    private static bool IsSystemd(bool systemd, bool sysv, string root)
    {
        if (systemd && sysv)
            throw new UsageException("--systemd and --sysv exclude each other");
        if (systemd || sysv)
            return systemd;
        // sd_booted(3); an image has systemd when its program is there.
        return root.Length == 0 ? Directory.Exists("/run/systemd/system") : File.Exists(root + "/usr/lib/systemd/systemd");
    }

    private static string Start(bool systemd, string name) => systemd ? $"systemctl start {name}" : $"service {name} start";
}
