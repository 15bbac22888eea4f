// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;

namespace Tunbridge.Bench;

/// <summary>Bytes a second through a pair of UDP sockets over the loopback card.</summary>
/// <remarks>
/// <code>
///   sender (processor 1) ── datagrams of 1,400 bytes, lo ──▶ receiver (processor 0)
/// </code>
/// Processes of their own, so that each one's processor time is known. Counted is what arrives.
/// </remarks>
internal sealed class SocketBench(BenchOptions options, Report report)
{
    private const double BytesPerGibibyte = 1L << 30;
    private const string Size = "1400";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly string _self = Environment.ProcessPath!;

    internal void Run()
    {
        if (!Pinning.IsPossible)
            report.Skip("socket: pinning to processors (no taskset, or one processor)");
        Side ours = new("ours, UDP_SEGMENT and UDP_GRO", "batch", [_self, "datagrams"]);
        Side plain = new(".NET Socket.Send, Receive", "plain", [_self, "datagrams"]);
        Side[] sides = [plain, ours];
        if (options.CPrograms is string folder)
        {
            string program = Path.Combine(folder, "datagrams");
            plain = new("C send(), recv()", "plain", [program]);
            Side c = new("C sendmmsg(), recvmmsg(), same batches", "batch", [program]);
            sides = [plain, c, ours, sides[0]];
        }
        else
        {
            report.Skip("socket: no C compiler: C sides skipped");
        }

        for (int i = 0; i < options.Pairs; i++)
        {
            foreach (Side side in sides)
                Measure(side);
        }

        List<Budget> budgets =
        [
            new() { Side = ours.Rate, Against = plain.Rate, Limit = 4, AtLeast = true },
            new() { Side = ours.ProcessorTime, Against = plain.ProcessorTime, Limit = 0.25 },
        ];
        if (options.CPrograms is not null)
        {
            budgets.Add(new() { Side = ours.Rate, Against = sides[1].Rate, Limit = 0.95, AtLeast = true });
            budgets.Add(new() { Side = ours.ProcessorTime, Against = sides[1].ProcessorTime, Limit = 1 / 0.95 });
        }

        report.Add(
            $"socket: datagrams of {Size} bytes through UDP sockets over lo",
            [.. sides.Select(s => s.Rate), .. sides.Select(s => s.ProcessorTime)],
            [.. budgets]);
    }

    private void Measure(Side side)
    {
        string seconds = options.Seconds.ToString(CultureInfo.InvariantCulture);
        using Process receiver = Command.Start([.. Pinning.To(0), .. side.Program, "receive", side.Way, seconds]);
        // Killed when something hangs, so that it shows as a failure below.
        using Timer alarm = new(static p => ((Process)p!).Kill(), receiver, s_patience, Timeout.InfiniteTimeSpan);
        if ((receiver.StandardOutput.ReadLine() ?? "").Split(' ') is not ["ready", string port])
            throw new BenchException($"{side.Rate.Name}: {receiver.StandardError.ReadToEnd()}");
        using Process sender = Command.Start([.. Pinning.To(1), .. side.Program, "send", side.Way, seconds, port, Size]);
        string received = receiver.StandardOutput.ReadLine() ?? "";
        string sent = received.Length == 0 ? "" : sender.StandardOutput.ReadLine() ?? "";
        // Both go on until now.
        sender.Kill();
        receiver.Kill();
        sender.WaitForExit();
        receiver.WaitForExit();
        if (received.Split(' ') is not [string bytes, string elapsed, string processor] ||
            sent.Split(' ') is not [string sentBytes, _, string sendProcessor])
            throw new BenchException($"{side.Rate.Name}: {receiver.StandardError.ReadToEnd()}{sender.StandardError.ReadToEnd()}");
        side.Rate.Add(Number(bytes) * 8 / Number(elapsed));
        side.ProcessorTime.Add(
            ((Number(processor) / Number(bytes)) + (Number(sendProcessor) / Number(sentBytes))) * BytesPerGibibyte / 1e9);
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>One pair of programs, and what it reached.</summary>
    private sealed class Side(string name, string way, string[] program)
    {
        internal string[] Program { get; } = program;

        internal string Way { get; } = way;

        /// <summary>What arrived, by the clock: says something on a quiet machine only.</summary>
        internal Series Rate { get; } = new(name, "Gbit/s");

        /// <summary>What both ends worked for it: holds on a busy machine, too.</summary>
        internal Series ProcessorTime { get; } = new(name + ", CPU", "s/GiB");
    }
}
