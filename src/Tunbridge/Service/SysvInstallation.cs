// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Tunbridge.Service;

/// <summary>Puts the script into /etc/init.d and enables it with the system's own tool, and takes it back.</summary>
internal sealed class SysvInstallation(string root, TextWriter log, bool dryRun = false)
{
    private readonly InstalledFiles _files = new(root, log, dryRun);

    internal void Install(ServiceRequest request)
    {
        bool changed = _files.Write(Script(request.Name), SysvScript.Text(request), InstalledFiles.Executable);
        if (root.Length > 0)
        {
            Link(request);
            return;
        }

        // Existing links keep their levels, so they go first where the script's header is new.
        if (changed)
            Disable(request.Name);
        string? mistake = ServiceTool.Find("update-rc.d") is string debian ? Enable(debian, request.Name, "defaults")
            : ServiceTool.Find("chkconfig") is string redHat ? Enable(redHat, "--add", request.Name)
            : ServiceTool.Find("insserv") is string suse ? Enable(suse, request.Name)
            : "none of update-rc.d, chkconfig and insserv is here";
        if (mistake is null)
            return;
        log.WriteLine($"{mistake}; the links are made directly");
        Link(request);
    }

    internal bool Remove(string name)
    {
        if (File.Exists(_files.At(Script(name))) && !_files.IsOurs(Script(name)))
        {
            log.WriteLine($"left alone, it is not ours: {Script(name)}");
            return false;
        }

        bool changed = _files.Remove(Script(name));
        if (changed)
            Disable(name);
        // The script that was here before ours is enabled again as its own header says.
        if (changed && root.Length == 0 && File.Exists(Script(name)) && ServiceTool.Find("update-rc.d") is string debian &&
            ServiceTool.Run(debian, name, "defaults") is string mistake)
            log.WriteLine(mistake);
        return changed;
    }

    private static string Script(string name) => $"/etc/init.d/{name}";

    /// <returns>What went wrong.</returns>
    private string? Enable(string tool, params string[] arguments)
    {
        if (!dryRun)
            return ServiceTool.Run(tool, arguments);
        log.WriteLine($"would run: {tool} {string.Join(' ', arguments)}");
        return null;
    }

    private void Link(ServiceRequest request)
    {
        for (int level = 0; level <= 6; level++)
        {
            bool starts = request.Levels.Contains(level.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
            _files.Link(string.Create(CultureInfo.InvariantCulture, $"/etc/rc{level}.d/{(starts ? "S10" : "K90")}{request.Name}"),
                $"../init.d/{request.Name}");
        }
    }

    private void Disable(string name)
    {
        foreach (string link in Links(name))
            _files.Unlink(link);
    }

    /// <summary>rcN.d/S10NAME and so on; Red Hat has them below /etc/rc.d.</summary>
    private IEnumerable<string> Links(string name)
    {
        foreach (string directory in (string[])[_files.At("/etc"), _files.At("/etc/rc.d")])
        {
            if (!Directory.Exists(directory))
                continue;
            foreach (string level in Directory.GetDirectories(directory, "rc?.d").Order())
            {
                foreach (string link in Directory.GetFiles(level, $"???{name}"))
                    yield return link[root.Length..];
            }
        }
    }
}
