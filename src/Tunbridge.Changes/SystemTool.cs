// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text;

namespace Tunbridge.Changes;

/// <summary>Runs tools of the system, such as resolvectl, from the calling thread, whose network namespace they inherit.</summary>
public static class SystemTool
{
    /// <summary>Where programs are looked for when the environment does not say.</summary>
    public const string SearchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private const int MostCharacters = 64 * 1024;

    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(20);

    // What was said before the end is in the pipe by then; something left running may hold it.
    private static readonly TimeSpan s_lastWords = TimeSpan.FromMilliseconds(500);

    /// <summary>A program in the search path, where this process has one; null when there is none.</summary>
    /// <param name="name">Its name.</param>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") is { Length: > 0 } path ? path : SearchPath).Split(':')
            .Where(d => d.StartsWith('/')).Select(d => Path.Combine(d, name)).FirstOrDefault(IsExecutable);

    /// <summary>Whether a path can be run by somebody.</summary>
    /// <param name="path">The path.</param>
    public static bool IsExecutable(string path) =>
        OperatingSystem.IsLinux() && File.Exists(path) && (File.GetUnixFileMode(path) &
            (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;

    /// <summary>Runs a tool to its end, without a shell.</summary>
    /// <param name="path">The tool.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="input">What it reads.</param>
    /// <param name="output">What it printed on both streams, at most 64 Ki characters.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="IOException">It did not start, or took longer than 20 seconds and was ended.</exception>
    public static int Run(string path, IEnumerable<string> arguments, string input, out string output)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ProcessStartInfo start = new(path)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        using Process process = Start(start);
        StringBuilder said = new();
        Task[] readers = [CollectAsync(process.StandardOutput, said), CollectAsync(process.StandardError, said)];
        try
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading: its exit code tells why.
            process.WaitForExit(s_lastWords);
        }

        if (!process.WaitForExit(s_longest))
        {
            process.Kill(entireProcessTree: true);
            throw new IOException($"{path} does not answer");
        }

        _ = Task.WaitAll(readers, s_lastWords);
        lock (said)
            output = said.ToString();
        return process.ExitCode;
    }

    /// <summary>The command as a person would type it.</summary>
    /// <param name="command">The program and its arguments.</param>
    public static string Show(IEnumerable<string> command)
    {
        ArgumentNullException.ThrowIfNull(command);
        StringBuilder text = new();
        foreach (string word in command)
        {
            bool isPlain = word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "/._-+:=@,%".Contains(c, StringComparison.Ordinal));
            text.Append(text.Length > 0 ? " " : "").Append(isPlain ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'");
        }

        return text.ToString();
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new IOException($"{start.FileName} did not start");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new IOException($"{start.FileName} did not start: {e.Message}", e);
        }
    }

    private static async Task CollectAsync(StreamReader reader, StringBuilder said)
    {
        char[] buffer = new char[4096];
        try
        {
            while (await reader.ReadAsync(buffer.AsMemory()).ConfigureAwait(false) is > 0 and int count)
            {
                lock (said)
                    said.Append(buffer.AsSpan(0, Math.Min(count, Math.Max(0, MostCharacters - said.Length))));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Its end was not waited for.
            return;
        }
    }
}
