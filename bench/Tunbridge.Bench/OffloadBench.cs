// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Tunbridge.Packets;

namespace Tunbridge.Bench;

/// <summary>Checksums, the segmenter and the coalescer, by processor time, in memory alone.</summary>
/// <remarks>
/// One superpacket is 44 segments of 1,460 bytes of TCP over IPv4, as a card with an MTU of 1,500 gives; four of them are
/// worked on in turn, so that they lie in the second cache, as what the kernel has just copied does.
/// </remarks>
internal sealed class OffloadBench(BenchOptions options, Report report)
{
    private const int Superpackets = 4;
    private const int Segments = 44;
    private const int SegmentSize = 1460;
    private const int Headers = 40;
    private const int ChecksumLength = 1500;
    private const double Gibibyte = 1024.0 * 1024 * 1024;
    private const double Milliseconds = 50;
    private const int MostCallsBetweenLooks = 4096; // a look takes as long as a short sum

    private static readonly GsoInfo s_gso = new()
    {
        Kind = GsoKind.TcpV4,
        NeedsChecksum = true,
        HeaderLength = Headers,
        SegmentSize = SegmentSize,
        ChecksumStart = 20,
        ChecksumOffset = 16,
    };

    private readonly string? _c = options.CPrograms is string folder ? Path.Combine(folder, "offload") : null;

    internal void RunChecksum()
    {
        byte[] block = Noise(ChecksumLength + 16);
        Series vectors = new("InternetChecksum.Sum", "GB/s"), word = new("64-bit words, C#", "GB/s");
        Series slow = new("16-bit words (RFC 1071), C#", "GB/s");
        Series c = new("16-bit words (RFC 1071), C -O2", "GB/s"), wide = new("64-bit words, C -O2", "GB/s");
        Series cost = new("InternetChecksum.Sum", "ns");
        uint sum = 0;
        Interleave(() =>
        {
            double time = Time(() => sum += InternetChecksum.Sum(block.AsSpan(16)));
            cost.Add(time);
            vectors.Add(ChecksumLength / time);
            word.Add(ChecksumLength / Time(() => sum += (uint)InternetChecksum.SumByWord(block.AsSpan(16))));
            slow.Add(ChecksumLength / Time(() => sum += Rfc1071(block.AsSpan(16))));
            if (_c is not null)
            {
                c.Add(ChecksumLength / TimeC("word", ChecksumLength));
                wide.Add(ChecksumLength / TimeC("wide", ChecksumLength));
            }
        });
        List<Series> sides = [vectors, cost, word, slow];
        List<Budget> budgets = [AtLeast(vectors, slow, 8), Compared(vectors, word)];
        if (_c is not null)
        {
            sides.AddRange([c, wide]);
            budgets.AddRange([AtLeast(vectors, c, 8), Compared(vectors, wide)]);
        }

        report.Add($"checksum: {ChecksumLength} bytes", [.. sides], [.. budgets]);
    }

    internal void RunSegment()
    {
        byte[][] packets = [.. Enumerable.Range(0, Superpackets).Select(_ => Superpacket())];
        byte[] headers = packets[0][..Headers];
        int next = 0;
        Series ours = new("Segmenter", "ns"), c = new("C -O2, 64-bit sums", "ns"), sums = new("the sums alone", "ns");
        Interleave(() =>
        {
            ours.Add(Time(() =>
            {
                byte[] packet = packets[next++ % Superpackets];
                headers.CopyTo(packet, 0);
                if (!Segmenter.TryStart(packet, 0, DeviceLayer.Packet, s_gso, out Segmenter segmenter, out SegmentRefusal refusal))
                    throw new BenchException($"the superpacket was refused: {refusal}");
                while (segmenter.TryNext(out _))
                    continue;
            }) / Segments);
            sums.Add(Time(() => InternetChecksum.Sum(packets[next++ % Superpackets])) / Segments);
            if (_c is not null)
                c.Add(TimeC("segment", SegmentSize));
        });
        Add("segment", $"one of {Segments} segments of {SegmentSize} bytes, in place", ours, _c is null ? [sums] : [c, sums]);
    }

    internal void RunCoalesce()
    {
        PacketBatch[] batches = [.. Enumerable.Range(0, Superpackets).Select(_ => Cut())];
        Coalescer coalescer = new(DeviceLayer.Packet);
        int next = 0, groups = 0;
        Series ours = new("Coalescer", "ns"), sums = new("the sums alone", "ns"), copy = new("a copy of the payload", "ns");
        byte[] target = new byte[Segments * SegmentSize];
        Interleave(() =>
        {
            ours.Add(Time(() =>
            {
                coalescer.Start(batches[next++ % Superpackets]);
                foreach (CoalescedGroup group in coalescer)
                    groups += group.Gso.SegmentSize;
            }) / Segments);
            sums.Add(Time(() =>
            {
                foreach (ref readonly Packet packet in batches[next++ % Superpackets])
                    groups += (int)InternetChecksum.Sum(packet.Span[20..]);
            }) / Segments);
            copy.Add(Time(() =>
            {
                int at = 0;
                foreach (ref readonly Packet packet in batches[next++ % Superpackets])
                {
                    packet.Span[Headers..].CopyTo(target.AsSpan(at));
                    at += SegmentSize;
                }
            }) / Segments);
            if (coalescer.Count != 1)
                throw new BenchException($"{coalescer.Count} groups came of {Segments} segments of one flow");
        });
        Add("coalesce", $"one of {Segments} segments of {SegmentSize} bytes", ours, [sums, copy]);
    }

    private void Add(string part, string what, Series ours, Series[] others)
    {
        Series speed = new(ours.Name, "GB/s"), cost = new(ours.Name + ", CPU", "s/GiB");
        foreach (double nanoseconds in ours.Values)
        {
            speed.Add(SegmentSize / nanoseconds);
            cost.Add(nanoseconds * 1e-9 * Gibibyte / SegmentSize);
        }

        report.Add($"{part}: {what}", [ours, speed, cost, .. others], [.. others.Select(o => Compared(ours, o))]);
    }

    private static Budget AtLeast(Series ours, Series other, double limit) =>
        Compared(ours, other) with { Limit = limit, AtLeast = true };

    private static Budget Compared(Series ours, Series other) => new() { Side = ours, Against = other };

    private void Interleave(Action round)
    {
        for (int i = 0; i < options.Pairs; i++)
            round();
    }

    // Nanoseconds of processor time for one call.
    private static double Time(Action call)
    {
        for (int i = 0; i < 64; i++)
            call(); // compiled, and in the caches
        long calls = 0;
        int callsBetweenLooksAtTheClock = 64;
        TimeSpan start = Environment.CpuUsage.TotalTime, time;
        do
        {
            for (int i = 0; i < callsBetweenLooksAtTheClock; i++)
                call();
            calls += callsBetweenLooksAtTheClock;
            callsBetweenLooksAtTheClock = Math.Min(2 * callsBetweenLooksAtTheClock, MostCallsBetweenLooks);
            time = Environment.CpuUsage.TotalTime - start;
        }
        while (time.TotalMilliseconds < Milliseconds);
        return time.TotalNanoseconds / calls;
    }

    private double TimeC(string what, int length)
    {
        using System.Diagnostics.Process process = Command.Start(
            _c!, what, length.ToString(CultureInfo.InvariantCulture), Milliseconds.ToString(CultureInfo.InvariantCulture));
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? double.Parse(output.Split(' ')[0], CultureInfo.InvariantCulture)
            : throw new BenchException($"offload {what} ended with {process.ExitCode}");
    }

    // The loop of RFC 1071, section 4.1.
    private static uint Rfc1071(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (; bytes.Length > 1; bytes = bytes[2..])
            sum += (uint)((bytes[0] << 8) | bytes[1]);
        if (bytes.Length > 0)
            sum += (uint)bytes[0] << 8;
        while (sum >> 16 != 0)
            sum = (sum & 0xFFFF) + (sum >> 16);
        return sum;
    }

    private static byte[] Noise(int length)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(length, pinned: true);
        new Random(1).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Superpacket()
    {
        byte[] packet = Noise(Headers + (Segments * SegmentSize));
        TcpHeader tcp = new() { SourcePort = 1, DestinationPort = 2, Flags = TcpFlags.Ack };
        Ipv4Header ip = new() { Source = 1, Destination = 2, Protocol = IpProtocol.Tcp, IsDontFragment = true };
        TcpView.Write(packet.AsSpan(20), ip.Source, ip.Destination, tcp, [], packet.AsSpan(Headers));
        Ipv4View.Write(packet, ip, packet.Length - 20);
        return packet;
    }

    private static PacketBatch Cut()
    {
        PacketBatch batch = new(Segments);
        if (!Segmenter.TryStart(Superpacket(), 0, DeviceLayer.Packet, s_gso, out Segmenter segmenter, out SegmentRefusal refusal))
            throw new BenchException($"the superpacket was refused: {refusal}");
        while (segmenter.TryNext(out Span<byte> segment))
            batch.TryAdd(segment);
        return batch;
    }
}
