// SPDX-License-Identifier: Apache-2.0
using System.ComponentModel;
using System.Diagnostics;
using Tunbridge.Doctor.Facts;
using Tunbridge.Linux;

namespace Tunbridge.Doctor;

/// <summary>Makes the three changes that <c>--fix</c> knows; nothing is done that was not agreed to.</summary>
internal sealed class RepairShop(DoctorRoot root)
{
    private const string BootFile = "/etc/modules-load.d/tun.conf";
    private const uint NodeMode = 0x1b6; // 0666

    /// <summary>The repair as commands a person could type.</summary>
    public static IReadOnlyList<string> Commands(RepairKind kind) => kind switch
    {
        RepairKind.LoadModule => ["modprobe tun"],
        RepairKind.MakeNode => Remedies.NodeCommands,
        _ => [$"echo tun > {BootFile}"],
    };

    /// <summary>The question to ask first.</summary>
    public static string Question(RepairKind kind) => kind switch
    {
        RepairKind.LoadModule => "Run `modprobe tun`?",
        RepairKind.MakeNode => $"Make {TunControl.ClonePath} (character device 10:200, mode 0666)?",
        _ => $"Write {BootFile}, so that tun is loaded at boot?",
    };

    /// <summary>Does one repair.</summary>
    public RepairOutcome Do(RepairKind kind)
    {
        try
        {
            string done = kind switch
            {
                RepairKind.LoadModule => LoadModule(),
                RepairKind.MakeNode => MakeNode(),
                _ => WriteBootFile(),
            };
            return new() { Kind = kind, IsDone = true, Message = done };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException or Win32Exception)
        {
            return new() { Kind = kind, IsDone = false, Message = e.Message };
        }
    }

    private string LoadModule()
    {
        string modprobe = root.Modprobe ?? throw new InvalidOperationException("there is no modprobe here: install the package kmod");
        ProcessStartInfo start = new(modprobe, ["tun"]) { RedirectStandardError = true, RedirectStandardOutput = true };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{modprobe} did not start");
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = process.StandardError.ReadToEnd().Trim();
        process.WaitForExit();
        _ = output.GetAwaiter().GetResult();
        return process.ExitCode == 0
            ? $"{modprobe} tun: done"
            : throw new InvalidOperationException($"{modprobe} tun: exit {process.ExitCode}{(error.Length > 0 ? $": {error}" : "")}");
    }

    private string MakeNode()
    {
        string path = root.At(TunControl.ClonePath);
        string directory = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(directory);
        if (Directory.Exists(path))
            throw new InvalidOperationException($"{TunControl.ClonePath} is a directory: remove it by hand");
        // What stands there has been judged wrong and agreed to be replaced; a dangling link counts as well.
        File.Delete(path);
        DeviceNode.Create(path, DriverFacts.Major, DriverFacts.Minor, NodeMode);
        return $"{TunControl.ClonePath} made: 10:200, mode 0666";
    }

    private string WriteBootFile()
    {
        string path = root.At(BootFile);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "# Written by `tunbridge doctor --fix`: the TUN/TAP driver is loaded at boot.\ntun\n");
        return $"{BootFile} written";
    }
}
