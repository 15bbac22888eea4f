// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;

namespace Tunbridge.Bench;

/// <summary>Runs programs and times them from start to end.</summary>
internal static class Command
{
    /// <summary>Runs a program that must succeed.</summary>
    /// <param name="spawn">The C program that starts it and counts its memory, or null.</param>
    /// <param name="words">The program and its arguments.</param>
    /// <returns>Milliseconds, and the most memory it had in MiB, 0 when not known.</returns>
    internal static (double Milliseconds, double Mebibytes) Time(string? spawn, params string[] words)
    {
        string[] all = spawn is null ? words : [spawn, .. words];
        using Process process = Start(all);
        long start = Stopwatch.GetTimestamp();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        double mebibytes = 0;
        int exitCode = process.ExitCode;
        if (spawn is not null && exitCode == 0)
        {
            string[] answer = output.Split(' ');
            milliseconds = long.Parse(answer[0], CultureInfo.InvariantCulture) / 1e6;
            mebibytes = long.Parse(answer[1], CultureInfo.InvariantCulture) / 1024.0;
            exitCode = int.Parse(answer[2], CultureInfo.InvariantCulture);
        }

        return exitCode == 0
            ? (milliseconds, mebibytes)
            : throw new BenchException($"`{string.Join(' ', words)}` ended with {exitCode}: {errors.Result.Trim()}");
    }

    /// <summary>Starts a program whose output the caller reads.</summary>
    internal static Process Start(params string[] words)
    {
        ProcessStartInfo start = new(words[0]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string word in words.Skip(1))
            start.ArgumentList.Add(word);
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new BenchException($"{words[0]}: {e.Message}");
        }
    }

    /// <summary>Whether a program is on the path.</summary>
    internal static bool Exists(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(d => File.Exists(Path.Combine(d, program)));
}
