// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Tunbridge.Testing;

namespace Tunbridge.Interop.Tests.Trouble;

/// <summary>Between TCP clients and a server: passes every byte on by itself, or cuts connection n after its nth message.</summary>
internal sealed class StreamRelay : IAsyncDisposable
{
    internal const int Port = 1195;

    private readonly Socket _listener;
    private readonly TestNamespace _space;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _connections = [];
    private readonly Task _accepting;

    /// <param name="space">The server's namespace.</param>
    /// <param name="address">Where clients find the relay.</param>
    /// <param name="cuts">Connections are cut; else they are passed on byte by byte.</param>
    internal StreamRelay(TestNamespace space, string address, bool cuts)
    {
        _space = space;
        Cuts = cuts;
        _listener = Make();
        _listener.Bind(new IPEndPoint(IPAddress.Parse(address), Port));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    /// <summary>How many connections have been made.</summary>
    internal int Count { get; private set; }

    private bool Cuts { get; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        await Task.WhenAll(_connections);
        _listener.Dispose();
        _stop.Dispose();
    }

    private Socket Make() => _space.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket client = await _listener.AcceptAsync(_stop.Token);
                client.NoDelay = true;
                _connections.Add(CarryAsync(client, ++Count));
            }
        }
        catch (OperationCanceledException)
        {
            // All ends.
        }
    }

    private async Task CarryAsync(Socket client, int number)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        using Socket server = Make();
        int left = Cuts ? number : int.MaxValue;
        try
        {
            await server.ConnectAsync(new IPEndPoint(IPAddress.Loopback, 1194), end.Token);
            await Task.WhenAll(PassAsync(client, server), PassAsync(server, client));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // The server is away, or all ends; the client sees the end of its connection.
            client.Dispose();
        }

        client.Dispose();

        async Task PassAsync(Socket from, Socket to)
        {
            try
            {
                while (left > 0 && await ReadMessageAsync(from, end.Token) is { } message)
                {
                    for (int i = 0; i < message.Length; i += Cuts ? message.Length : 1)
                        await to.SendAsync(message.AsMemory(i, Cuts ? message.Length : 1), end.Token);
                    Interlocked.Decrement(ref left);
                }
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // One side is gone, so the other's connection ends, too.
                await end.CancelAsync();
            }

            await end.CancelAsync();
        }
    }

    // Each message has its length in front, in two bytes.
    private static async Task<byte[]?> ReadMessageAsync(Socket from, CancellationToken cancellationToken)
    {
        byte[] length = new byte[2];
        if (!await FillAsync(from, length, cancellationToken))
            return null;
        byte[] message = new byte[2 + BinaryPrimitives.ReadUInt16BigEndian(length)];
        length.CopyTo(message, 0);
        return await FillAsync(from, message.AsMemory(2), cancellationToken) ? message : null;
    }

    private static async Task<bool> FillAsync(Socket from, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            int count = await from.ReceiveAsync(buffer, cancellationToken);
            if (count == 0)
                return false;
            buffer = buffer[count..];
        }

        return true;
    }
}
