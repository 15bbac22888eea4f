// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using Tunbridge.Devices;
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Bench;

/// <summary>Packets a second read from one queue of a TUN that a flood keeps full.</summary>
/// <remarks>
/// <code>
///   flood (processor 1) ── UDP, cut by the kernel ──▶ tunbench, 10.77.0.1/24 ──▶ reader (processor 0)
/// </code>
/// Reader and flood are processes of their own, the flood the same program whoever reads. A card without readers
/// drops what it is sent, so that each run starts with an empty queue.
/// </remarks>
internal sealed class QueueBench(BenchOptions options, Report report)
{
    private const string Card = "tunbench";
    private const string Target = "10.77.0.2";
    private const int HeaderBytes = 28; // IPv4 and UDP
    private const string WarmUpPackets = "200000"; // enough for the runtime to have compiled its loops for good
    private const int QueueLength = 1000;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly string _self = Environment.ProcessPath!;

    internal void Run()
    {
        TunDevice.Create(new() { Name = Card, Persistent = true }).Dispose();
        using RouteNetlink netlink = RouteNetlink.Open();
        int index = netlink.Links.Get(Card).Index;
        netlink.Addresses.Add(index, "10.77.0.1/24");
        netlink.Links.Change(index, new() { Up = true, TransmitQueueLength = QueueLength });
        if (options.CPrograms is null)
            report.Skip("queue: no C compiler: C side skipped");
        if (!Pinning.IsPossible)
            report.Skip("queue: pinning to processors (no taskset, or one processor)");
        foreach (int size in (int[])[64, 1400])
            Compare(size);
        netlink.Links.Delete(index);
    }

    private void Compare(int size)
    {
        QueueSide batch = new("ours, PacketBatch", _self, "read", "batch");
        QueueSide ungrouped = new("ours, PacketBatch, no io_uring", "env", $"{RingSwitch.Variable}=1", _self, "read", "batch");
        QueueSide single = new("ours, one packet a call", _self, "read", "single");
        QueueSide[] sides = [batch, ungrouped, single];
        QueueSide? c = null;
        QueueSide? threaded = null;
        QueueSide? ring = null;
        if (options.CPrograms is string folder)
        {
            string reader = Path.Combine(folder, "reader");
            c = new("C read(), lone thread", reader) { Options = ["read"] };
            threaded = new("C read()", reader) { Options = ["read", "threads"] };
            ring = new("C io_uring, 64 reads under way", reader) { Options = ["uring", "threads"] };
            sides = [c, threaded, batch, ring, ungrouped, single];
        }

        for (int i = 0; i < options.Pairs; i++)
        {
            foreach (QueueSide side in sides)
                Measure(side, size);
        }

        Series[] series =
        [
            .. sides.Select(s => s.PerSecond),
            .. sides.Select(s => s.PerProcessorSecond),
            .. sides.Select(s => s.AtBest),
        ];
        Budget[] budgets = c is null || threaded is null || ring is null ? [] :
        [
            .. Kinds(batch).Zip(Kinds(threaded), AtLeastAs),
            .. Kinds(batch).Zip(Kinds(ring), Compared),
            .. Kinds(ring).Zip(Kinds(threaded), Compared),
            .. Kinds(ungrouped).Zip(Kinds(threaded), AtLeastAs),
            Compared(single.PerProcessorSecond, threaded.PerProcessorSecond),
            .. Kinds(batch).Zip(Kinds(c), Compared),
        ];
        report.Add($"queue: packets of {size} bytes read from one queue", series, budgets);
    }

    private static Series[] Kinds(QueueSide side) => [side.PerSecond, side.PerProcessorSecond, side.AtBest];

    // The budget is 1.0; what is equal shows as 0.95 to 1.05 here.
    private static Budget AtLeastAs(Series ours, Series c) => Compared(ours, c) with { Limit = 0.95, AtLeast = true };

    // A ring of io_uring gives its files back some time after its process has ended.
    private static void WaitUntilFree()
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                TunDevice.Attach(Card).Dispose();
                return;
            }
            catch (LinuxException e) when (e.Errno == Errno.EBUSY && Stopwatch.GetElapsedTime(start) < s_patience)
            {
                Thread.Yield();
            }
        }
    }

    private static Budget Compared(Series ours, Series c) => new() { Side = ours, Against = c };

    private void Measure(QueueSide side, int size)
    {
        string seconds = options.Seconds.ToString(CultureInfo.InvariantCulture);
        WaitUntilFree();
        using Process reading = Command.Start([.. Pinning.To(0), .. side.Reader, Card, WarmUpPackets, seconds, .. side.Options]);
        // Killed when a reader hangs, so that it shows as a failure below.
        using Timer alarm = new(static p => ((Process)p!).Kill(), reading, s_patience, Timeout.InfiniteTimeSpan);
        if (reading.StandardOutput.ReadLine() != "ready")
            throw new BenchException($"{side.Name}: {reading.StandardError.ReadToEnd()}");
        string payload = (size - HeaderBytes).ToString(CultureInfo.InvariantCulture);
        string[] flood = options.CPrograms is string folder ? [Path.Combine(folder, "flood")] : [_self, "flood"];
        using Process flooding = Command.Start([.. Pinning.To(1), .. flood, Target, payload]);
        string[] answer = (reading.StandardOutput.ReadLine() ?? "").Split(' ');
        bool floodLived = !flooding.HasExited;
        flooding.Kill();
        flooding.WaitForExit();
        reading.WaitForExit();
        if (answer.Length != 5 || !floodLived)
            throw new BenchException($"{side.Name}: {reading.StandardError.ReadToEnd()}{flooding.StandardError.ReadToEnd()}");
        long[] numbers = [.. answer.Take(4).Select(n => long.Parse(n, CultureInfo.InvariantCulture))];
        if (numbers[1] < numbers[0] * size * 0.99)
            throw new BenchException($"packets of {numbers[1] / numbers[0]} bytes came, not of {size}");
        side.PerSecond.Add(numbers[0] * 1e3 / numbers[2]);
        side.PerProcessorSecond.Add(numbers[0] * 1e3 / numbers[3]);
        side.AtBest.Add(1e3 / double.Parse(answer[4], CultureInfo.InvariantCulture));
    }
}
