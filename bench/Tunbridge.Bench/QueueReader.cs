// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using Tunbridge.Devices;
using Tunbridge.Packets;

namespace Tunbridge.Bench;

/// <summary>Our side of the queue: what bench/c/reader.c does, by the library. A process of its own.</summary>
internal static class QueueReader
{
    private const int PacketsBetweenLooksAtTheClock = 256;

    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(0.5);

    internal static int Run(string way, string card, string warmUpPackets, string seconds)
    {
        using TunDevice tun = TunDevice.Attach(card);
        Func<DeviceQueue, TimeSpan, long, Counted> count = way == "batch" ? CountBatches : CountSingles;
        DeviceQueue queue = tun.Queues[0];
        Console.WriteLine("ready");
        _ = count(queue, s_warmUp, long.Parse(warmUpPackets, CultureInfo.InvariantCulture));
        Counted counted = count(queue, TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)), 0);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{counted.Packets} {counted.Bytes} {counted.Elapsed.TotalNanoseconds:0} {counted.Processor.TotalNanoseconds:0} {counted.Best:0.0}"));
        return 0;
    }

    private static Counted CountBatches(DeviceQueue queue, TimeSpan duration, long least)
    {
        PacketBatch batch = new();
        Counted counted = new() { Best = double.MaxValue };
        TimeSpan startProcessor = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        do
        {
            for (long end = counted.Packets + PacketsBetweenLooksAtTheClock; counted.Packets < end;)
            {
                batch.Clear();
                counted.Packets += queue.Read(batch);
                foreach (ref readonly Packet packet in batch)
                    counted.Bytes += packet.Length;
            }

            counted.Look(start);
        }
        while (counted.Elapsed < duration || counted.Packets < least);
        counted.Processor = Environment.CpuUsage.TotalTime - startProcessor;
        return counted;
    }

    private static Counted CountSingles(DeviceQueue queue, TimeSpan duration, long least)
    {
        byte[] buffer = new byte[PacketBatch.MaximumPacketSize];
        Counted counted = new() { Best = double.MaxValue };
        TimeSpan startProcessor = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        do
        {
            for (int i = 0; i < PacketsBetweenLooksAtTheClock; i++)
            {
                counted.Bytes += queue.Read(buffer, out _);
                counted.Packets++;
            }

            counted.Look(start);
        }
        while (counted.Elapsed < duration || counted.Packets < least);
        counted.Processor = Environment.CpuUsage.TotalTime - startProcessor;
        return counted;
    }

    private struct Counted
    {
        internal long Packets;
        internal long Bytes;
        internal TimeSpan Elapsed;
        internal TimeSpan Processor;

        /// <summary>Nanoseconds a packet in the fastest stretch between two looks at the clock.</summary>
        internal double Best;

        private long _packetsBefore;

        internal void Look(long start)
        {
            TimeSpan before = Elapsed;
            Elapsed = Stopwatch.GetElapsedTime(start);
            Best = Math.Min(Best, (Elapsed - before).TotalNanoseconds / (Packets - _packetsBefore));
            _packetsBefore = Packets;
        }
    }
}
