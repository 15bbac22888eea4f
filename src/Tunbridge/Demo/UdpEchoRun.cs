// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Tunbridge.Demo;

/// <summary>Some seconds of UDP to an echo service: what went out and what came back.</summary>
internal sealed class UdpEchoRun
{
    private const int PayloadSize = 64;

    internal required TimeSpan Elapsed { get; init; }

    internal required long Sent { get; init; }

    internal required long Returned { get; init; }

    /// <summary>Sends as fast as the kernel takes it, from the calling thread's network namespace.</summary>
    internal static UdpEchoRun Execute(IPEndPoint target, TimeSpan duration, CancellationToken cancellationToken)
    {
        using Socket socket = new(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp)
        {
            ReceiveBufferSize = 4 << 20,
            ReceiveTimeout = 500,
        };
        socket.Connect(target);
        long returned = 0;
        Thread receiver = new(() => returned = CountReturned(socket)) { IsBackground = true, Name = "udp-receiver" };
        receiver.Start();

        byte[] payload = new byte[PayloadSize];
        long sent = 0;
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < duration && !cancellationToken.IsCancellationRequested)
        {
            // Reading the clock for each datagram would cost as much as sending it.
            for (int i = 0; i < 32; i++)
            {
                socket.Send(payload);
                sent++;
            }
        }

        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        // The receiver ends when nothing has come for its time-out: what is still under way is counted.
        receiver.Join();
        return new() { Elapsed = elapsed, Sent = sent, Returned = returned };
    }

    private static long CountReturned(Socket socket)
    {
        byte[] buffer = new byte[2048];
        long count = 0;
        try
        {
            while (true)
            {
                socket.Receive(buffer);
                count++;
            }
        }
        catch (SocketException)
        {
            // Timed out: the sender has ended.
            return count;
        }
    }
}
