// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Tunbridge.Testing;

namespace Tunbridge.Interop.Tests.Peers;

/// <summary>Numbered datagrams to and fro through a tunnel until it is stopped: which of them came back.</summary>
internal sealed class EchoStream : IAsyncDisposable
{
    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_lastCall = TimeSpan.FromSeconds(5);

    private readonly Socket _echo;
    private readonly Socket _sender;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _stopSending = new();
    private readonly HashSet<int> _back = [];
    private readonly Task _echoing, _receiving, _sending;
    private int _sent;

    /// <param name="from">Where datagrams are sent from.</param>
    /// <param name="to">Where they are sent back.</param>
    /// <param name="address">An address of the latter.</param>
    internal EchoStream(TestNamespace from, TestNamespace to, string address)
    {
        IPAddress at = IPAddress.Parse(address);
        _echo = to.Run(() => new Socket(at.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        _echo.Bind(new IPEndPoint(at, 0));
        _sender = from.Run(() => new Socket(at.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        _sender.Connect(_echo.LocalEndPoint!);
        _echoing = EchoAsync();
        _receiving = ReceiveAsync();
        _sending = SendAsync();
    }

    internal int Sent => Volatile.Read(ref _sent);

    internal int Back
    {
        get
        {
            lock (_back)
                return _back.Count;
        }
    }

    /// <summary>Which have not come back, fifty being sent in a second.</summary>
    internal IReadOnlyList<int> Missing
    {
        get
        {
            lock (_back)
                return [.. Enumerable.Range(0, Sent).Except(_back)];
        }
    }

    /// <summary>Sends no more, and waits a little for what is still under way.</summary>
    /// <returns>How many did not come back.</returns>
    internal async Task<int> StopAsync(CancellationToken cancellationToken)
    {
        await _stopSending.CancelAsync();
        await _sending;
        try
        {
            await Patience.UntilAsync(() => Back == Sent, "every datagram", cancellationToken, s_lastCall);
        }
        catch (TimeoutException)
        {
            // Then some are lost, which is what is asked.
            return Sent - Back;
        }

        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopSending.CancelAsync();
        await _stop.CancelAsync();
        await Task.WhenAll(_sending, _echoing, _receiving);
        _echo.Dispose();
        _sender.Dispose();
        _stop.Dispose();
        _stopSending.Dispose();
    }

    private async Task SendAsync()
    {
        byte[] datagram = new byte[200];
        using PeriodicTimer timer = new(s_pace);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopSending.Token))
            {
                BinaryPrimitives.WriteInt32LittleEndian(datagram, _sent);
                Interlocked.Increment(ref _sent);
                await SendQuietlyAsync(datagram);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private async Task SendQuietlyAsync(byte[] datagram)
    {
        try
        {
            await _sender.SendAsync(datagram);
        }
        catch (SocketException)
        {
            // No way for the moment: it counts as lost.
            return;
        }
    }

    private async Task ReceiveAsync()
    {
        byte[] buffer = new byte[2048];
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _sender.ReceiveAsync(buffer, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                // An answer that nobody is there: what was sent is lost.
                continue;
            }

            lock (_back)
                _back.Add(BinaryPrimitives.ReadInt32LittleEndian(buffer));
        }
    }

    private async Task EchoAsync()
    {
        byte[] buffer = new byte[2048];
        EndPoint any = new IPEndPoint(_echo.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                SocketReceiveFromResult received = await _echo.ReceiveFromAsync(buffer, any, _stop.Token);
                await _echo.SendToAsync(buffer.AsMemory(0, received.ReceivedBytes), received.RemoteEndPoint, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                // No way back for the moment: lost.
                continue;
            }
        }
    }
}
