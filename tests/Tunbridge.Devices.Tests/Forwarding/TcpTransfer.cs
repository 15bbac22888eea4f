// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Tunbridge.Testing;

namespace Tunbridge.Devices.Tests.Forwarding;

/// <summary>Random bytes over TCP from one namespace to another, compared by SHA-256 at both ends.</summary>
internal static class TcpTransfer
{
    private const int ChunkSize = 256 * 1024;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    internal static long Megabytes => Environment.GetEnvironmentVariable("TUNBRIDGE_SOAK") == "1" ? 256 : 16;

    /// <summary>Sends, compares, and gives how many segments the sender's kernel sent again.</summary>
    internal static async Task<long> RunAsync(
        TestNamespace from, TestNamespace to, string address, long bytes, CancellationToken cancellationToken)
    {
        // A transfer that hangs fails with a name instead of holding up everything.
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(s_patience);
        cancellationToken = patience.Token;
        IPAddress server = IPAddress.Parse(address);
        using Socket listener = to.Run(() =>
        {
            Socket socket = new(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(server, 0));
            socket.Listen();
            return socket;
        });
        using Socket client = from.Run(() => new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        await client.ConnectAsync(listener.LocalEndPoint!, cancellationToken);
        using Socket accepted = await listener.AcceptAsync(cancellationToken);
        // A machine that is busy for a second sends a SYN twice.
        long before = Retransmissions(from);
        Task<byte[]> received = ReceiveAsync(accepted, cancellationToken);
        byte[] sent = await SendAsync(client, bytes, cancellationToken);
        Assert.Equal(Convert.ToHexString(sent), Convert.ToHexString(await received));
        return Retransmissions(from) - before;
    }

    /// <summary>TCP segments that a namespace's kernel has sent again (RetransSegs).</summary>
    internal static long Retransmissions(TestNamespace space)
    {
        // The thread's own: /proc/net is that of the process's first thread.
        string[] lines = space.Run(() => File.ReadAllLines("/proc/thread-self/net/snmp"));
        string[] tcp = [.. lines.Where(l => l.StartsWith("Tcp:", StringComparison.Ordinal))];
        int column = Array.IndexOf(tcp[0].Split(' '), "RetransSegs");
        return long.Parse(tcp[1].Split(' ')[column], CultureInfo.InvariantCulture);
    }

    private static async Task<byte[]> SendAsync(Socket socket, long bytes, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Random random = new(7);
        byte[] chunk = new byte[ChunkSize];
        for (long left = bytes; left > 0;)
        {
            random.NextBytes(chunk);
            Memory<byte> part = chunk.AsMemory(0, (int)Math.Min(left, chunk.Length));
            hash.AppendData(part.Span);
            for (int done = 0; done < part.Length;)
                done += await socket.SendAsync(part[done..], cancellationToken);
            left -= part.Length;
        }

        socket.Shutdown(SocketShutdown.Send);
        return hash.GetHashAndReset();
    }

    private static async Task<byte[]> ReceiveAsync(Socket socket, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] chunk = new byte[ChunkSize];
        int count;
        while ((count = await socket.ReceiveAsync(chunk, cancellationToken)) != 0)
            hash.AppendData(chunk.AsSpan(0, count));
        return hash.GetHashAndReset();
    }
}
