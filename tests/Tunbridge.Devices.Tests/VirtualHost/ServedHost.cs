// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Tunbridge.Packets;
using Tunbridge.Testing;

namespace Tunbridge.Devices.Tests;

/// <summary>A card in a namespace of its own and, served by another thread, a host behind it.</summary>
internal sealed class ServedHost : IDisposable
{
    internal const string Ipv4 = "10.9.0.2";
    internal const string Ipv6 = "fd00:9::2";

    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private Exception? _failure;

    internal ServedHost(DeviceLayer layer, Offload offload = Offload.None)
    {
        DeviceOptions options = new() { Name = "t0", Namespace = Ns.Namespace, Offload = offload };
        Card = layer == DeviceLayer.Frame ? TapDevice.Create(options) : TunDevice.Create(options);
        // Without a link-local address the kernel sends nothing of its own accord.
        Ns.Ip("link set t0 addrgenmode none");
        Ns.Ip("addr add 10.9.0.1/24 dev t0");
        Ns.Ip("addr add fd00:9::1/64 dev t0 nodad");
        Ns.Ip("link set t0 up");
        Host = new(Card, new() { Ipv4Address = IPAddress.Parse(Ipv4), Ipv6Address = IPAddress.Parse(Ipv6) });
        _thread = new Thread(Serve);
        _thread.Start();
    }

    internal TestNamespace Ns { get; } = new();

    internal VirtualDevice Card { get; }

    internal VirtualHost Host { get; }

    /// <summary>A UDP socket in the namespace, joined to a port of the host.</summary>
    internal Socket Udp(string address, int port)
    {
        IPEndPoint end = new(IPAddress.Parse(address), port);
        Socket socket = Ns.Run(() => new Socket(end.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        socket.ReceiveTimeout = 20_000;
        socket.Connect(end);
        return socket;
    }

    /// <summary>
    /// Waits until the host answers. The kernel looks at the carrier of a card that has just come up a while later
    /// (linkwatch), and a packet that is on its way at that moment may be lost: seen once in some hundred runs.
    /// </summary>
    internal void AwaitReachable(string address)
    {
        const int Tries = 20;
        for (int i = 1; Ns.Exec("ping", "-n", "-c", "1", "-W", "1", address).ExitCode != 0; i++)
            Assert.True(i < Tries, $"{address} does not answer");
    }

    /// <summary>Ends the host and gives what it failed with, if it did.</summary>
    internal Exception? Stop()
    {
        _stop.Cancel();
        return Join();
    }

    /// <summary>Waits for the host to end by itself and gives what it failed with, if it did.</summary>
    internal Exception? Join()
    {
        Assert.True(_thread.Join(Generous.Patience), "the host does not end");
        return _failure;
    }

    public void Dispose()
    {
        _stop.Cancel();
        _thread.Join();
        Card.Dispose();
        Ns.Dispose();
        _stop.Dispose();
    }

    private void Serve()
    {
        try
        {
            Host.Run(_stop.Token);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            _failure = e;
        }
    }
}
