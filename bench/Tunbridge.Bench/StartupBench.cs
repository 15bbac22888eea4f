// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Devices;
using Tunbridge.Netlink;

namespace Tunbridge.Bench;

/// <summary>`tunbridge list` from start to end, the published build, with a dozen cards to show.</summary>
internal sealed class StartupBench(BenchOptions options, Report report)
{
    private const int Cards = 12;
    private const double LimitMilliseconds = 150;
    private const double LimitMebibytes = 60;

    internal void Run()
    {
        CardSet cards = new(Cards);
        cards.Create();
        string? spawn = options.CPrograms is string folder ? Path.Combine(folder, "spawn") : null;
        if (spawn is null)
            report.Skip("startup: no C compiler: memory not measured");
        Series time = new("tunbridge list", "ms");
        Series json = new("tunbridge list --json", "ms");
        Series ip = new("ip -d link", "ms");
        Series memory = new("tunbridge list, memory", "MiB");
        _ = Command.Time(spawn, options.Program, "list");
        for (int i = 0; i < options.Pairs; i++)
        {
            (double milliseconds, double mebibytes) = Command.Time(spawn, options.Program, "list");
            time.Add(milliseconds);
            memory.Add(mebibytes);
            json.Add(Command.Time(spawn, options.Program, "list", "--json").Milliseconds);
            ip.Add(Command.Time(spawn, "ip", "-d", "link").Milliseconds);
        }

        CardSet.RemoveAll();
        Budget fast = new() { Side = time, Limit = LimitMilliseconds };
        Budget small = new() { Side = memory, Limit = LimitMebibytes };
        string title = $"startup: `tunbridge list`, {Cards} cards, from start to end";
        if (spawn is null)
            report.Add(title, [time, json, ip], fast);
        else
            report.Add(title, [time, json, ip, memory], fast, small);
    }
}
