// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Tunbridge.Linux;
using Tunbridge.Testing;

namespace Tunbridge.Devices.Tests;

/// <summary>The library in another process, as any user, with a private node that everyone may open.</summary>
internal sealed class Probe : IDisposable
{
    private readonly TestNamespace _ns;
    private readonly string _directory;

    internal Probe(TestNamespace ns)
    {
        RealTool.Require("setpriv");
        RealRoot.Require();
        _ns = ns;
        _directory = Directory.CreateTempSubdirectory("tunbridge-probe-").FullName;
        // Copied, so that any user can read it wherever the repository lies.
        string output = Path.GetFullPath(Path.Combine(
            AppContext.BaseDirectory.Replace("Tunbridge.Devices.Tests", "Tunbridge.Probe", StringComparison.Ordinal)));
        foreach (string file in Directory.EnumerateFiles(output))
            File.Copy(file, Path.Combine(_directory, Path.GetFileName(file)));
        File.SetUnixFileMode(_directory, (UnixFileMode)0b111_101_101);
        DeviceNode.Create(Node, 10, 200, 0b110_110_110);
    }

    /// <summary>A node of mode 0666; the system's may be 0600.</summary>
    internal string Node => Path.Combine(_directory, "tun");

    /// <summary>Runs as a user and gives the lines printed.</summary>
    internal string[] Run(string user, params IEnumerable<string> arguments)
    {
        CommandResult result = _ns.Exec("setpriv", Arguments(user, arguments));
        Assert.Equal("", result.Error);
        return result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Starts a process that holds a card, and waits until it does.</summary>
    internal Process Hold(string user, params IEnumerable<string> arguments)
    {
        Process process = _ns.Start("setpriv", Arguments(user, [.. arguments, "hold"]));
        string? line;
        while ((line = process.StandardOutput.ReadLine()) != "holding")
            Assert.Equal("ok", line);
        return process;
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    // `1234:4444` is user 1234 with group 4444; `1234:4444+5555` adds a supplementary group.
    private IEnumerable<string> Arguments(string user, IEnumerable<string> arguments)
    {
        string[] ids = user.Split(':', '+');
        yield return $"--reuid={ids[0]}";
        yield return $"--regid={ids[1]}";
        yield return ids.Length > 2 ? $"--groups={ids[2]}" : "--clear-groups";
        yield return "env";
        yield return $"DOTNET_CLI_HOME={_directory}";
        yield return "DOTNET_gcServer=0";
        yield return "dotnet";
        yield return Path.Combine(_directory, "Tunbridge.Probe.dll");
        string[] words = [.. arguments];
        for (int i = 0; i < words.Length; i++)
        {
            yield return words[i];
            if (i == 2)
                yield return Node;
        }
    }
}
