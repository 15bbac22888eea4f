// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tunbridge.Testing;

namespace Tunbridge.Tests.Commands;

/// <summary>
/// `up` of twelve cards killed at, or failing in, each system call that changes kernel or disk; found and hit by strace.
/// A sample here, all of them in tests/soak.
/// </summary>
public sealed partial class KilledAnywhereTests
{
    private const int Sample = 12;

    private const string Calls = "sendto,ioctl,openat,rename,unlink,write,pwrite64,ftruncate,mkdir";

    private const string Lab = """
        devices:
          t{0..9}: {kind: tap, bridge: {name: brk, create: true}, mtu: 1400}
          r0: {kind: tun, addresses: [10.1.0.1/24], routes: [{to: 10.50.0.0/16, via: 10.1.0.9}], rules: [{from: 10.1.0.0/24, table: 100, priority: 1000}]}
          r1: {kind: tap, addresses: [10.2.0.1/24, "fd02::1/64"], promiscuous: true, routes: [{to: 10.60.0.0/16}], sysctl: {rp-filter: 2}}
        """;

    private static bool IsSoak => Environment.GetEnvironmentVariable("TUNBRIDGE_SOAK") == "1";

    [Fact]
    public void Up_KilledAtAnyCall_IsFinishedByTheNextAndNothingForeignChanges()
    {
        RealTool.Require("strace", "ip");
        using ConfigurationText file = new(Lab);
        List<(string Call, int Number)> points = Select(FindPoints(file.Path));
        Assert.NotEmpty(points);
        int killed = 0;
        foreach ((string call, int number) in points)
        {
            using TestNamespace space = MakeSpace();
            string before = space.Dump() + space.Ip("rule");
            string foreign = Foreign(space);

            CommandResult result = Up(space, file.Path, $"inject={call}:signal=KILL:when={number}");

            killed += result.ExitCode == 0 ? 0 : 1;
            Assert.Equal(foreign, Foreign(space));
            space.Must($"up -f {file.Path} --name killed");
            Assert.Equal(0, Changes(space, file.Path));
            space.Must($"status -f {file.Path} --name killed");
            Assert.Equal(foreign, Foreign(space));
            space.Must($"down -f {file.Path} --name killed");
            Assert.True(before == space.Dump() + space.Ip("rule"), $"killed at {call} {number}: {space.Ip("link")}{space.Ip("rule")}");
        }

        Assert.True(killed >= points.Count / 2, $"only {killed} of {points.Count} runs were killed");
    }

    [Fact]
    public void Up_AnyCallFailing_LeavesTheKernelAsItWas()
    {
        RealTool.Require("strace", "ip");
        using ConfigurationText file = new(Lab);
        // Writes of the runtime and to standard output are not told apart by their number; opening a setting fails the same way.
        List<(string Call, int Number)> points = Select([.. FindPoints(file.Path).Where(p => p.Call != "write")]);
        int failed = 0;
        foreach ((string call, int number) in points)
        {
            using TestNamespace space = MakeSpace();
            string before = space.Dump() + space.Ip("rule");

            CommandResult result = Up(space, file.Path, $"inject={call}:error=EIO:when={number}");

            if (result.ExitCode == 0)
            {
                // A call whose failure does no harm, such as shortening a file that is empty.
                space.Must($"status -f {file.Path} --name killed");
                continue;
            }

            failed++;
            string after = space.Dump() + space.Ip("rule");
            Assert.True(before == after, $"{call} {number} failed, and left {space.Ip("link")}{space.Ip("rule")}: {result.Error}");
        }

        Assert.True(failed >= points.Count / 2, $"only {failed} of {points.Count} runs failed");
    }

    /// <summary>A namespace with interfaces of others in it.</summary>
    private static TestNamespace MakeSpace()
    {
        TestNamespace space = new();
        space.Ip("link add f0 type veth peer name f1");
        space.Ip("address add 10.99.0.1/24 dev f0");
        space.Ip("tuntap add dev other mode tap user 1");
        return space;
    }

    private static string Foreign(TestNamespace space) =>
        string.Concat(((string[])["f0", "f1", "other", "lo"]).Select(n => space.Ip($"-d address show dev {n}")));

    private static int Changes(TestNamespace space, string path) => JsonDocument.Parse(
        space.Must($"plan -f {path} --name killed --json")).RootElement.GetProperty("changes").GetArrayLength();

    private static CommandResult Up(TestNamespace space, string path, string injection) => space.Exec(
        "strace", "-f", "-qq", "-o", "/dev/null", "-e", $"trace={Calls}", "-e", injection, Tool.Path, "up", "-f", path, "--name", "killed");

    /// <summary>The calls of the main thread that change something, each with its number among calls of its name.</summary>
    private static List<(string Call, int Number)> FindPoints(string path)
    {
        string trace = Path.GetTempFileName();
        try
        {
            using TestNamespace space = MakeSpace();
            CommandResult result = space.Exec(
                "strace", "-f", "-qq", "-o", trace, "-e", $"trace={Calls}", Tool.Path, "up", "-f", path, "--name", "killed");
            Assert.True(result.ExitCode == 0, result.Error);
            List<(string, int)> points = [];
            Dictionary<string, int> counts = [];
            string? main = null;
            foreach (string line in File.ReadLines(trace))
            {
                Match match = Line().Match(line);
                if (!match.Success || (main ??= match.Groups[1].Value) != match.Groups[1].Value)
                    continue;
                string call = match.Groups[2].Value;
                counts[call] = counts.GetValueOrDefault(call) + 1;
                if (Changing().IsMatch(line))
                    points.Add((call, counts[call]));
            }

            return points;
        }
        finally
        {
            File.Delete(trace);
        }
    }

    private static List<(string Call, int Number)> Select(List<(string Call, int Number)> points)
    {
        if (IsSoak || points.Count <= Sample)
            return points;
        // Each kind of call at least once, then spread over the run.
        List<(string Call, int Number)> chosen = [.. points.GroupBy(p => p.Call).Select(g => g.ElementAt(g.Count() / 2))];
        double step = (double)points.Count / (Sample - chosen.Count);
        for (int i = 0; i < Sample - chosen.Count; i++)
            chosen.Add(points[(int)(i * step)]);
        return [.. chosen.Distinct().OrderBy(p => string.Create(CultureInfo.InvariantCulture, $"{p.Call} {p.Number:d4}"))];
    }

    [GeneratedRegex(@"^(\d+) +(\w+)\(")]
    private static partial Regex Line();

    [GeneratedRegex(@"nlmsg_type=RTM_(SET|NEW|DEL)|TUNSET|tunbridge[^""]*\.(journal|rules|lock)|/proc/sys/net[^""]*"", O_WRONLY|pwrite64|write\(\d+, ""2\\n""")]
    private static partial Regex Changing();
}
