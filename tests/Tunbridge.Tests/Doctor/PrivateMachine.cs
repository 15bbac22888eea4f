// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Doctor;
using Tunbridge.Doctor.Facts;

namespace Tunbridge.Tests.Doctor;

/// <summary>A machine laid out in a directory: the files that the examination reads, and nothing else.</summary>
internal sealed class PrivateMachine : IDisposable
{
    public const string Release = "6.1.0-42-amd64";

    private readonly string _directory = Directory.CreateTempSubdirectory("tbmachine").FullName;
    private readonly Dictionary<string, string> _environment = [];

    public PrivateMachine()
    {
        File("/proc/sys/kernel/osrelease", $"{Release}\n");
        File("/proc/misc", "237 loop-control\n");
        File("/proc/modules", "");
    }

    public DoctorRoot Root => new(_directory, _environment.GetValueOrDefault, Path.Combine(_directory, "modprobe"));

    public PrivateMachine File(string path, string text)
    {
        string full = _directory + path;
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        System.IO.File.WriteAllText(full, text);
        return this;
    }

    public PrivateMachine Variable(string name, string value)
    {
        _environment[name] = value;
        return this;
    }

    /// <summary>Installs the driver as a module for a kernel.</summary>
    public PrivateMachine Module(string release = Release) =>
        File($"/lib/modules/{release}/modules.dep", "kernel/drivers/net/tap.ko: kernel/drivers/net/tun.ko\nkernel/drivers/net/tun.ko.xz:\n");

    /// <summary>Puts a shell script in modprobe's place; $root is the machine's directory.</summary>
    public PrivateMachine Modprobe(string script)
    {
        File("/modprobe", $"#!/bin/sh\nroot='{_directory}'\necho \"$@\" >> \"$root/modprobe.log\"\n{script}\n");
        System.Diagnostics.Process.Start("chmod", ["755", $"{_directory}/modprobe"]).WaitForExit();
        return this;
    }

    public string? Read(string path) =>
        System.IO.File.Exists(_directory + path) ? System.IO.File.ReadAllText(_directory + path) : null;

    public string At(string path) => _directory + path;

    public ModuleFacts Facts() => ModuleFacts.Read(Root);

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
