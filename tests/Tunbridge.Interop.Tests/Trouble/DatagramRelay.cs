// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Tunbridge.Testing;

namespace Tunbridge.Interop.Tests.Trouble;

/// <summary>
/// A bad network between one client and a server: datagrams are lost, come late or twice, and the client's address changes.
/// <code>
/// client ── 10.99.0.1:1195 relay 127.0.0.N:any ── 127.0.0.1:1194 server
/// </code>
/// </summary>
internal sealed class DatagramRelay : IAsyncDisposable
{
    internal const int Port = 1195;

    private static readonly IPEndPoint s_server = new(IPAddress.Loopback, 1194);

    private readonly TestNamespace _space;
    private readonly Socket _front;
    private readonly CancellationTokenSource _stop = new();
    private readonly Random _random = new(20261122);
    private readonly Lock _lock = new();
    private readonly byte[]?[] _held = new byte[]?[2];   // what waits until another has passed it, by direction
    private readonly List<Task> _tasks = [];
    private Socket _back;
    private EndPoint? _client;
    private int _moves;

    /// <param name="space">The server's namespace.</param>
    /// <param name="address">Where clients find the relay.</param>
    internal DatagramRelay(TestNamespace space, string address)
    {
        _space = space;
        _front = space.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        _front.Bind(new IPEndPoint(IPAddress.Parse(address), Port));
        _back = NextBack();
        _tasks.Add(PassOnAsync());
    }

    /// <summary>Chance of each datagram to be lost; and of each of the others to come late, and to come twice.</summary>
    internal double Trouble { get; set; }

    internal int Lost { get; private set; }

    /// <summary>What the client has sent since this was given a list; null: not wanted.</summary>
    internal List<byte[]>? Seen { get; set; }

    /// <summary>Takes what <see cref="Seen"/> has; from then on it is not wanted.</summary>
    internal List<byte[]> TakeSeen()
    {
        lock (_lock)
        {
            List<byte[]> seen = [.. Seen ?? []];
            Seen = null;
            return seen;
        }
    }

    /// <summary>Datagrams of the control channel that the server has sent.</summary>
    internal int ControlAnswers { get; private set; }

    /// <summary>From now on the client has another address and port in the server's eyes.</summary>
    internal void MoveClient()
    {
        Socket old = Volatile.Read(ref _back);
        Volatile.Write(ref _back, NextBack());
        // What is still under way to the old address is lost, as it is in reality.
        old.Dispose();
    }

    /// <summary>Sends a stranger's datagram from the client's own address, as the server sees it.</summary>
    internal ValueTask<int> InjectAsync(byte[] datagram) => Volatile.Read(ref _back).SendToAsync(datagram, s_server, _stop.Token);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Task[] tasks;
        lock (_lock)
            tasks = [.. _tasks];
        await Task.WhenAll(tasks);
        _front.Dispose();
        _back.Dispose();
        _stop.Dispose();
    }

    private Socket NextBack()
    {
        Socket socket = _space.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, (byte)(2 + _moves++)]), 0));
        lock (_lock)
            _tasks.Add(ReturnAsync(socket));
        return socket;
    }

    private async Task PassOnAsync()
    {
        byte[] buffer = new byte[65536];
        EndPoint any = new IPEndPoint(IPAddress.Any, 0);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                SocketReceiveFromResult received = await _front.ReceiveFromAsync(buffer, any, _stop.Token);
                _client = received.RemoteEndPoint;
                foreach (byte[] datagram in Through(0, buffer.AsSpan(0, received.ReceivedBytes)))
                    await Volatile.Read(ref _back).SendToAsync(datagram, s_server, _stop.Token);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // Nobody there, or just moved: lost.
                continue;
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task ReturnAsync(Socket back)
    {
        byte[] buffer = new byte[65536];
        EndPoint any = new IPEndPoint(IPAddress.Any, 0);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                SocketReceiveFromResult received = await back.ReceiveFromAsync(buffer, any, _stop.Token);
                foreach (byte[] datagram in Through(1, buffer.AsSpan(0, received.ReceivedBytes)))
                    await _front.SendToAsync(datagram, _client!, _stop.Token);
            }
            catch (Exception e) when (e is SocketException { SocketErrorCode: not SocketError.OperationAborted })
            {
                // The server is away for the moment.
                continue;
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException or OperationCanceledException)
            {
                // The client has moved on, or all ends.
                return;
            }
        }
    }

    private List<byte[]> Through(int direction, ReadOnlySpan<byte> datagram)
    {
        lock (_lock)
        {
            if (direction == 0)
                Seen?.Add(datagram.ToArray());
            else if (!datagram.IsEmpty && datagram[0] >> 3 is not (6 or 9))
                ControlAnswers++;
            List<byte[]> passed = [];
            if (_random.NextDouble() < Trouble)
            {
                Lost++;
                return passed;
            }

            byte[] copy = datagram.ToArray();
            if (_held[direction] is null && _random.NextDouble() < Trouble)
            {
                _held[direction] = copy;
                return passed;
            }

            passed.Add(copy);
            if (_random.NextDouble() < Trouble)
                passed.Add(copy);
            if (_held[direction] is { } held)
                passed.Add(held);
            _held[direction] = null;
            return passed;
        }
    }
}
