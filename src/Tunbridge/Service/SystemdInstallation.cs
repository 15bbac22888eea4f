// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Configuration;

namespace Tunbridge.Service;

/// <summary>Puts the units where systemd finds them and enables them, and takes them back; starts nothing.</summary>
internal sealed class SystemdInstallation(string root, TextWriter log, bool dryRun = false)
{
    private const string Units = "/etc/systemd/system";
    private const string Wants = "/etc/systemd/system/multi-user.target.wants";

    private readonly InstalledFiles _files = new(root, log, dryRun);

    internal void Install(ServiceRequest request, DesiredState desired)
    {
        bool changed = _files.Write($"{Units}/{request.Name}.service", SystemdUnits.Service(request, desired));
        changed |= _files.Write($"{Units}/{request.Name}@.service", SystemdUnits.Template(request, desired));
        changed |= _files.Write($"{Units}/{request.Name}-online.target", SystemdUnits.OnlineTarget(request));
        _files.Write(ModulesLoad(request.Name), $"# {InstalledFiles.Mark} service install`: the driver of TUN and TAP.\ntun\n");
        // What `systemctl enable` does with the unit's [Install]; it works in an image, too.
        _files.Link($"{Wants}/{request.Name}.service", $"{Units}/{request.Name}.service");
        if (changed)
            Reload();
    }

    internal bool Remove(string name)
    {
        bool changed = _files.Unlink($"{Wants}/{name}.service", emptyDirectory: true);
        foreach (string link in TemplateLinks(name))
            changed |= _files.Unlink(link, emptyDirectory: true);
        changed |= _files.Remove($"{Units}/{name}.service");
        changed |= _files.Remove($"{Units}/{name}@.service");
        changed |= _files.Remove($"{Units}/{name}-online.target");
        changed |= _files.Remove(ModulesLoad(name));
        if (changed)
            Reload();
        return changed;
    }

    private static string ModulesLoad(string name) => $"/etc/modules-load.d/{name}.conf";

    private string[] TemplateLinks(string name) => Directory.Exists(_files.At(Wants))
        ? [.. Directory.GetFiles(_files.At(Wants), $"{name}@*.service").Select(f => f[root.Length..])]
        : [];

    private void Reload()
    {
        if (root.Length > 0 || !Directory.Exists("/run/systemd/system") || ServiceTool.Find("systemctl") is not string systemctl)
            return;
        if (dryRun)
            log.WriteLine($"would run: {systemctl} daemon-reload");
        else if (ServiceTool.Run(systemctl, "daemon-reload") is string mistake)
            log.WriteLine(mistake);
    }
}
