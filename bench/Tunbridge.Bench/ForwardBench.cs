// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Tunbridge.Devices;
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Bench;

/// <summary>One TCP stream between two namespaces: over a veth pair, and over two TUNs that a program joins.</summary>
/// <remarks>
/// <code>
///   namespace A                                             namespace B
///   iperf3 -c    veth0 10.78.0.1 ───── kernel ───── 10.78.0.2 veth0    iperf3 -s
///                tun0  10.79.0.1 ═══ forwarder ═══ 10.79.0.2  tun0
/// </code>
/// MTU 1500 everywhere. Nothing is pinned: three programs share what processors there are, as in life.
/// </remarks>
internal sealed class ForwardBench(BenchOptions options, Report report)
{
    private const string Veth = "10.78.0.2";
    private const string Tun = "10.79.0.2";
    private const string Card = "tun0";
    private const double BytesPerGibibyte = 1 << 30;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly string _self = Environment.ProcessPath!;
    private readonly NetworkNamespace _a = NetworkNamespace.Create();
    private readonly NetworkNamespace _b = NetworkNamespace.Create();

    internal void Run()
    {
        if (!Command.Exists("iperf3"))
        {
            report.Skip("forward: iperf3 is not installed");
            return;
        }

        Prepare();
        ForwardSide veth = new("veth", Veth);
        ForwardSide whole = new("ours, superpackets whole", Tun, _self, "forward", "whole");
        ForwardSide segmented = new("ours, cut and joined", Tun, _self, "forward", "segmented");
        List<ForwardSide> sides = [veth, whole, segmented];
        List<Budget> budgets =
        [
            new() { Side = whole.GigabitsPerSecond, Against = veth.GigabitsPerSecond, Limit = 0.75, AtLeast = true },
            new() { Side = segmented.GigabitsPerSecond, Against = veth.GigabitsPerSecond, Limit = 0.25, AtLeast = true },
        ];
        if (options.CPrograms is string folder)
        {
            ForwardSide c = new("C read() and write()", Tun, Path.Combine(folder, "forward"));
            sides.Add(c);
            budgets.Add(new() { Side = c.GigabitsPerSecond, Against = veth.GigabitsPerSecond });
            budgets.Add(new() { Side = whole.GigabitsPerSecond, Against = c.GigabitsPerSecond });
            budgets.Add(new() { Side = whole.SecondsPerGibibyte, Against = c.SecondsPerGibibyte });
        }
        else
        {
            report.Skip("forward: no C compiler: C side skipped");
        }

        for (int i = 0; i < options.Pairs; i++)
        {
            foreach (ForwardSide side in sides)
                Measure(side);
        }

        report.Add(
            "forward: one TCP stream between two namespaces",
            [
                .. sides.Select(s => s.GigabitsPerSecond), .. sides.Select(s => s.SecondsPerGibibyte),
                .. sides.Where(s => s.Program.Length > 0).Select(s => s.ForwarderSecondsPerGibibyte),
                .. sides.Select(s => s.Retransmissions),
            ],
            [.. budgets]);
        _a.Dispose();
        _b.Dispose();
    }

    private void Prepare()
    {
        Ip(_a, $"link add veth0 type veth peer name veth0 netns {PathOf(_b)}");
        foreach ((NetworkNamespace space, int host) in ((NetworkNamespace, int)[])[(_a, 1), (_b, 2)])
        {
            TunDevice.Create(new() { Name = Card, Namespace = space, Persistent = true }).Dispose();
            using RouteNetlink netlink = RouteNetlink.Open(space);
            foreach ((string card, string prefix) in ((string, string)[])[("veth0", "10.78.0"), (Card, "10.79.0")])
            {
                int index = netlink.Links.Get(card).Index;
                netlink.Addresses.Add(index, $"{prefix}.{host}/24");
                netlink.Links.Change(index, new() { Up = true });
            }
        }
    }

    private void Measure(ForwardSide side)
    {
        using Process? forwarder = side.Program.Length == 0 ? null : Start(
            null, "ready", [.. side.Program, PathOf(_a), Card, PathOf(_b), Card]);
        using Process server = Start(_b, "listening", ["iperf3", "-s", "-1", "--forceflush"]);
        string seconds = Math.Max(1, (int)Math.Round(options.Seconds)).ToString(CultureInfo.InvariantCulture);
        TimeSpan before = forwarder?.TotalProcessorTime ?? TimeSpan.Zero;
        // The first half second is TCP's: it finds out how much the path takes.
        using Process client = _a.Run(() => Command.Start("iperf3", "-c", side.Address, "-t", seconds, "-O", "1", "-J"));
        string answer = client.StandardOutput.ReadToEnd();
        client.WaitForExit();
        TimeSpan used = TimeSpan.Zero;
        if (forwarder is not null)
        {
            forwarder.Refresh();
            used = forwarder.TotalProcessorTime - before;
            forwarder.Kill();
            forwarder.WaitForExit();
        }

        server.WaitForExit();
        Read(side, answer, used);
    }

    private static void Read(ForwardSide side, string answer, TimeSpan forwarder)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(answer);
            JsonElement end = document.RootElement.GetProperty("end");
            JsonElement received = end.GetProperty("sum_received");
            JsonElement cpu = end.GetProperty("cpu_utilization_percent");
            double seconds = received.GetProperty("seconds").GetDouble();
            double gibibytes = received.GetProperty("bytes").GetDouble() / BytesPerGibibyte;
            // iperf3 leaves its first second out of the bytes and in the times of its processes and ours.
            double share = seconds / (seconds + 1);
            double ends = (cpu.GetProperty("host_total").GetDouble() + cpu.GetProperty("remote_total").GetDouble()) / 100 * seconds;
            side.GigabitsPerSecond.Add(received.GetProperty("bits_per_second").GetDouble() / 1e9);
            side.ForwarderSecondsPerGibibyte.Add(forwarder.TotalSeconds * share / gibibytes);
            side.SecondsPerGibibyte.Add(((forwarder.TotalSeconds * share) + ends) / gibibytes);
            side.Retransmissions.Add(end.GetProperty("sum_sent").GetProperty("retransmits").GetDouble());
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException)
        {
            throw new BenchException($"{side.Name}: iperf3 says {answer.ReplaceLineEndings(" ")}");
        }
    }

    // Starts a program that says in a line when it is ready.
    private static Process Start(NetworkNamespace? space, string ready, string[] words)
    {
        Process process = space is null ? Command.Start(words) : space.Run(() => Command.Start(words));
        // Killed when it hangs, so that its output ends.
        using Timer alarm = new(static p => ((Process)p!).Kill(), process, s_patience, Timeout.InfiniteTimeSpan);
        while (process.StandardOutput.ReadLine() is string line)
        {
            if (line.Contains(ready, StringComparison.OrdinalIgnoreCase))
                return process;
        }

        throw new BenchException($"`{string.Join(' ', words)}` did not start: {process.StandardError.ReadToEnd().Trim()}");
    }

    private static void Ip(NetworkNamespace space, string words) =>
        space.Run(() => Command.Time(null, ["ip", .. words.Split(' ')]));

    private static string PathOf(NetworkNamespace space) => string.Create(
        CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{space.Descriptor.Number}");
}
