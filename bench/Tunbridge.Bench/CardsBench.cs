// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace Tunbridge.Bench;

/// <summary>Cards made, configured, planned and removed: ip -batch, the library, the program, tunctl and ifconfig.</summary>
/// <remarks>
/// Every side starts from a namespace without cards and is checked after it ran. Programs are timed with their start;
/// the library is timed in this process, after one run that is not counted.
/// </remarks>
internal sealed class CardsBench(BenchOptions options, Report report)
{
    private const double LimitOfPlan = 500;

    private readonly string _folder = Directory.CreateTempSubdirectory("tunbridge-bench-").FullName;
    private readonly CardSet _cards = new(options.Cards);
    private readonly string? _spawn = options.CPrograms is string folder ? Path.Combine(folder, "spawn") : null;

    private readonly Series _ipCreate = new("ip -batch", "ms");
    private readonly Series _libraryCreate = new("library", "ms");
    private readonly Series _programCreate = new("tunbridge up", "ms");
    private readonly Series _toolsCreate = new("tunctl + ifconfig", "ms");

    private readonly Series _programPlan = new("tunbridge plan", "ms");

    private readonly Series _ipRemove = new("ip -batch", "ms");
    private readonly Series _libraryRemove = new("library", "ms");
    private readonly Series _programRemove = new("tunbridge down", "ms");

    internal void Run()
    {
        try
        {
            Measure();
        }
        finally
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private void Measure()
    {
        string create = Write("create.ip", _cards.ToIpBatch());
        string remove = Write("remove.ip", _cards.ToIpRemoval());
        string script = Write("create.sh", _cards.ToToolScript());
        string file = Write("cards.yaml", _cards.ToConfiguration());
        bool hasTools = Command.Exists("tunctl") && Command.Exists("ifconfig");
        bool hasUp = HasUp();
        if (!hasTools)
            report.Skip("cards: tunctl and ifconfig (uml-utilities, net-tools) are not here");
        if (!hasUp)
            report.Skip("cards: this program has no `up` and `down` yet");

        _cards.Create();
        CardSet.RemoveAll();
        for (int i = 0; i < options.Pairs; i++)
        {
            Made(_ipCreate, Command.Time(_spawn, "ip", "-batch", create).Milliseconds);
            Removed(_ipRemove, Command.Time(_spawn, "ip", "-batch", remove).Milliseconds);
            Made(_libraryCreate, Clock(_cards.Create));
            Removed(_libraryRemove, Clock(CardSet.RemoveAll));
            if (hasUp)
            {
                Made(_programCreate, Command.Time(_spawn, options.Program, "up", "-f", file).Milliseconds);
                Planned(file);
                Removed(_programRemove, Command.Time(_spawn, options.Program, "down", "-f", file).Milliseconds);
            }

            if (hasTools)
            {
                Made(_toolsCreate, Command.Time(_spawn, "bash", script).Milliseconds);
                CardSet.RemoveAll();
            }
        }

        Show(hasUp, hasTools);
    }

    private void Show(bool hasUp, bool hasTools)
    {
        List<Budget> create = [new() { Side = _libraryCreate, Against = _ipCreate, Limit = 1.1 }];
        List<Budget> remove = [new() { Side = _libraryRemove, Against = _ipRemove, Limit = 0.1 }];
        if (hasUp)
        {
            create.Add(new() { Side = _programCreate, Against = _ipCreate, Limit = 2.0 });
            remove.Add(new() { Side = _programRemove, Against = _ipRemove, Limit = 0.1 });
            if (hasTools)
                create.Add(new() { Side = _programCreate, Against = _toolsCreate, Limit = 0.2 });
        }

        report.Add(
            $"cards: {_cards.Count} created, one address each, up",
            Measured(_ipCreate, _libraryCreate, _programCreate, _toolsCreate), [.. create]);
        if (hasUp)
        {
            report.Add(
                $"cards: {_cards.Count} as declared, nothing to do", [_programPlan],
                new Budget { Side = _programPlan, Limit = LimitOfPlan });
        }

        report.Add($"cards: {_cards.Count} removed", Measured(_ipRemove, _libraryRemove, _programRemove), [.. remove]);
    }

    private void Made(Series side, double milliseconds)
    {
        _cards.Verify(side.Name);
        side.Add(milliseconds);
    }

    private void Planned(string file)
    {
        using Process check = Command.Start(options.Program, "plan", "-f", file);
        if (check.StandardOutput.ReadToEnd() is not "nothing to do\n" and string plan)
            throw new BenchException($"after `up` there is something to do: {plan}");
        check.WaitForExit();
        _programPlan.Add(Command.Time(_spawn, options.Program, "plan", "-f", file).Milliseconds);
    }

    private static void Removed(Series side, double milliseconds)
    {
        CardSet.VerifyEmpty(side.Name);
        side.Add(milliseconds);
    }

    private bool HasUp()
    {
        using Process process = Command.Start(options.Program, "up", "--help");
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static double Clock(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static Series[] Measured(params Series[] sides) => [.. sides.Where(s => s.Values.Count > 0)];
}
