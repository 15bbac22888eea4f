// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace Tunbridge.Service;

/// <summary>Programs of the system that must hear of what was installed.</summary>
internal static class ServiceTool
{
    private static readonly string[] s_places = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"];

    internal static string? Find(string name) => s_places.Select(p => Path.Combine(p, name)).FirstOrDefault(File.Exists);

    /// <summary>Runs a tool; gives what it said on failure, null on success.</summary>
    internal static string? Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program) { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        string said = $"{output.GetAwaiter().GetResult()}{error}".Trim();
        string shown = $"{Path.GetFileName(program)} {string.Join(' ', arguments)}";
        return process.ExitCode == 0 ? null : $"{shown}: exit code {process.ExitCode}{(said.Length > 0 ? $": {said.ReplaceLineEndings(" ")}" : "")}";
    }
}
