// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;

namespace Tunbridge.Bench;

/// <summary>`tunbridge serve` with fifty cards while nothing happens: its memory, and how often it wakes up.</summary>
/// <remarks>
/// A wake-up is a voluntary context switch of any of its threads (/proc/PID/task/TID/status): a thread that wakes and goes
/// back to sleep makes one. Without a service manager there is no watchdog, so there must be none at all. Measured once.
/// </remarks>
internal sealed class ServiceBench(BenchOptions options, Report report)
{
    private const int Cards = 50;
    private const double LimitMebibytes = 60;

    // Threads that the start needed end after 20 seconds without work; that end is no wake-up of an idle service.
    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_watching = TimeSpan.FromSeconds(30);

    internal void Run()
    {
        // A folder of its own: the program trusts no file in one that others may write.
        string folder = Directory.CreateTempSubdirectory("tunbridge-bench-").FullName;
        string file = Path.Combine(folder, "cards.yaml");
        try
        {
            File.WriteAllText(file, new CardSet(Cards).ToConfiguration());
            Measure(file);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
            CardSet.RemoveAll();
        }
    }

    private void Measure(string file)
    {
        Series memory = new("tunbridge serve, memory", "MiB");
        Series wakeUps = new($"tunbridge serve, wake-ups in {s_watching.TotalSeconds:0} s", "");
        using Process service = Command.Start(options.Program, "serve", "-f", file);
        try
        {
            WaitUntilReady(service);
            Idle(service, s_settling);
            Dictionary<string, long> before = ReadSwitches(service);
            Idle(service, s_watching);
            Dictionary<string, long> after = ReadSwitches(service);
            // A thread that ended in between woke up for it.
            wakeUps.Add(after.Sum(t => t.Value - before.GetValueOrDefault(t.Key)) + before.Keys.Except(after.Keys).Count());
            memory.Add(ReadNumber($"/proc/{service.Id}/status", "VmRSS:") / 1024.0);
        }
        finally
        {
            service.Kill();
            service.WaitForExit();
        }

        report.Add(
            $"service: `tunbridge serve`, {Cards} cards, idle", [memory, wakeUps],
            new() { Side = memory, Limit = LimitMebibytes }, new() { Side = wakeUps, Limit = 0 });
    }

    private static void WaitUntilReady(Process service)
    {
        while (service.StandardError.ReadLine() is string line)
        {
            if (line.EndsWith("all as declared", StringComparison.Ordinal))
                return;
        }

        throw new BenchException("`tunbridge serve` ended instead of saying that all is as declared");
    }

    private static void Idle(Process service, TimeSpan time)
    {
        if (service.WaitForExit(time))
            throw new BenchException($"`tunbridge serve` ended with {service.ExitCode}");
    }

    private static Dictionary<string, long> ReadSwitches(Process service) => Directory.GetDirectories($"/proc/{service.Id}/task")
        .ToDictionary(thread => thread, thread => ReadNumber($"{thread}/status", "voluntary_ctxt_switches:"));

    private static long ReadNumber(string path, string key)
    {
        string line = File.ReadLines(path).First(l => l.StartsWith(key, StringComparison.Ordinal));
        return long.Parse(line[key.Length..].Trim().Split(' ')[0], CultureInfo.InvariantCulture);
    }
}
