// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Tunbridge.Linux;

namespace Tunbridge.Bench;

/// <summary>Our side of the datagram sockets: what bench/c/datagrams.c does. A process of its own.</summary>
internal static class DatagramSide
{
    private const int CallsBetweenLooksAtTheClock = 16;
    private const int Messages = 4;
    private const int Slots = 8;
    private const int Stride = 2048; // as packets lie in a batch of packets
    private const int Buffer = 7 << 20;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(0.3);

    internal static int Receive(string way, string seconds)
    {
        using Socket plain = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = Buffer };
        using DatagramSocket socket = DatagramSocket.Open(new() { Local = new(IPAddress.Loopback) });
        plain.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        int port = way == "batch" ? socket.LocalAddress.Port : ((IPEndPoint)plain.LocalEndPoint!).Port;
        DatagramReceiveBatch batch = new(Slots);
        byte[] buffer = new byte[65_536];
        Console.WriteLine($"ready {port}");
        return Measure(way == "batch" ? ReceiveBatch : () => plain.Receive(buffer), seconds);

        long ReceiveBatch()
        {
            long bytes = 0;
            socket.Receive(batch);
            foreach (ref readonly DatagramRun run in batch)
                bytes += run.Length;
            return bytes;
        }
    }

    internal static int Send(string way, string seconds, string portText, string sizeText)
    {
        int size = int.Parse(sizeText, CultureInfo.InvariantCulture);
        IPEndPoint to = new(IPAddress.Loopback, int.Parse(portText, CultureInfo.InvariantCulture));
        using Socket plain = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { SendBufferSize = Buffer };
        plain.Connect(to);
        using DatagramSocket socket = DatagramSocket.Open(new() { Remote = new(to) });
        int count = Messages * Math.Min(DatagramSendBatch.MaximumSegments, DatagramSendBatch.MaximumMessageSize / size);
        using DatagramSendBatch batch = new(count * Stride);
        // Memory never written is one page of zeros that never leaves the cache.
        batch.Slab.Span.Fill(0x5a);
        byte[] buffer = new byte[size];
        Func<long> once = way == "batch" ? SendBatch : () => plain.Send(buffer);
        return Measure(once, seconds);

        long SendBatch()
        {
            batch.Clear();
            ReadOnlySpan<byte> slab = batch.Slab.Span;
            for (int i = 0; i < count; i++)
                batch.TryAdd(default, slab.Slice(i * Stride, size));
            socket.Send(batch);
            return (long)count * size;
        }
    }

    private static int Measure(Func<long> once, string seconds)
    {
        _ = once();
        _ = Count(once, s_warmUp);
        Console.WriteLine(Count(once, TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture))));
        // Goes on until it is killed, so that the other's count is not disturbed; never outlives the benchmark for long.
        _ = Count(once, s_patience);
        return 0;
    }

    private static string Count(Func<long> once, TimeSpan duration)
    {
        long bytes = 0;
        TimeSpan elapsed, startProcessor = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        do
        {
            for (int i = 0; i < CallsBetweenLooksAtTheClock; i++)
                bytes += once();
            elapsed = Stopwatch.GetElapsedTime(start);
        }
        while (elapsed < duration);
        TimeSpan processor = Environment.CpuUsage.TotalTime - startProcessor;
        return string.Create(
            CultureInfo.InvariantCulture, $"{bytes} {elapsed.TotalNanoseconds:0} {processor.TotalNanoseconds:0}");
    }
}
