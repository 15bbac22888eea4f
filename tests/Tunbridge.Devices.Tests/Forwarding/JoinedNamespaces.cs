// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Tunbridge.Packets;
using Tunbridge.Testing;

namespace Tunbridge.Devices.Tests.Forwarding;

/// <summary>Two namespaces whose cards a forwarder joins, on a thread of its own.</summary>
/// <remarks>
/// <code>
///   namespace A                                        namespace B
///   10.7.0.1/24, fd00:7::1/64  t0 ══ Forwarder ══ t0  10.7.0.2/24, fd00:7::2/64
/// </code>
/// TCP there sends again only what was really lost: no probes for the tail of a flow, and a timeout of two seconds, so that a
/// busy machine does not look like a lossy path. Receivers take 32 MiB without a look at their reader: a closed window opens
/// again by that same timeout when its update comes too late.
/// </remarks>
internal sealed class JoinedNamespaces : IDisposable
{
    internal static readonly TimeSpan Patience = Generous.Patience;

    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private readonly DeviceOptions _options;
    private readonly DeviceLayer _layer;
    private Exception? _error;

    internal JoinedNamespaces(
        DeviceLayer layer, int mtu = 1500, int mtuB = 0, DeviceOptions? options = null, ForwarderOptions? forwarder = null)
    {
        _layer = layer;
        _options = options ?? new() { Offload = Offload.All };
        VirtualDevice a = Open(A), b = Open(B);
        Configure(A, "1", mtu);
        Configure(B, "2", mtuB == 0 ? mtu : mtuB);
        Forwarder = new Forwarder(a, b, (forwarder ?? new()) with { CardChanged = Changes.Add });
        _thread = new Thread(() => _error = Record.Exception(() => Forwarder.Run(_stop.Token)));
        _thread.Start();
    }

    internal TestNamespace A { get; } = new();

    internal TestNamespace B { get; } = new();

    internal Forwarder Forwarder { get; }

    /// <summary>What the forwarder said of its cards.</summary>
    internal BlockingCollection<JoinedCardState> Changes { get; } = [];

    /// <summary>Waits until the forwarder says something of a card.</summary>
    internal JoinedCardState NextChange()
    {
        Assert.True(Changes.TryTake(out JoinedCardState? state, Patience), "the forwarder said nothing of its cards");
        return state;
    }

    internal static void Configure(TestNamespace space, string host, int mtu)
    {
        space.Ip($"link set t0 mtu {mtu} txqueuelen 20000");
        space.Ip($"addr add 10.7.0.{host}/24 dev t0");
        if (mtu >= 1280)
            space.Ip($"addr add fd00:7::{host}/64 dev t0 nodad");
        space.Ip("link set t0 up");
        space.Ip("route change 10.7.0.0/24 dev t0 rto_min 2s");
        if (mtu >= 1280)
            space.Ip("-6 route change fd00:7::/64 dev t0 metric 256 rto_min 2s");
        space.Run(() =>
        {
            File.WriteAllText("/proc/sys/net/ipv4/tcp_early_retrans", "0");
            File.WriteAllText("/proc/sys/net/ipv4/tcp_rmem", "4096 33554432 67108864");
        });
    }

    /// <summary>Sends a datagram from A to B again and again until B has it.</summary>
    internal void AssertConnected()
    {
        using Socket receiver = Udp(B, new IPEndPoint(IPAddress.Parse("10.7.0.2"), 7777));
        using Socket sender = Udp(A, null);
        receiver.ReceiveTimeout = 50;
        byte[] buffer = new byte[100];
        DateTime end = DateTime.UtcNow + Patience;
        while (true)
        {
            Assert.True(DateTime.UtcNow < end, "nothing arrives");
            try
            {
                sender.SendTo("hello"u8, new IPEndPoint(IPAddress.Parse("10.7.0.2"), 7777));
                Assert.Equal(5, receiver.Receive(buffer));
                return;
            }
            catch (SocketException)
            {
                // Down still, or nothing came in the time of the socket.
                continue;
            }
        }
    }

    internal static Socket Udp(TestNamespace space, IPEndPoint? at, AddressFamily family = AddressFamily.InterNetwork) =>
        space.Run(() =>
        {
            Socket socket = new(family, SocketType.Dgram, ProtocolType.Udp);
            if (at is not null)
                socket.Bind(at);
            return socket;
        });

    /// <summary>Cancels the forwarder and waits for its end.</summary>
    internal void Cancel()
    {
        _stop.Cancel();
        Assert.True(_thread.Join(Patience), "the forwarder does not end");
        Assert.Null(_error);
    }

    public void Dispose()
    {
        Cancel();
        Forwarder.Dispose();
        _stop.Dispose();
        A.Dispose();
        B.Dispose();
    }

    private VirtualDevice Open(TestNamespace space)
    {
        DeviceOptions options = _options with { Name = "t0", Namespace = space.Namespace };
        return _layer == DeviceLayer.Packet ? TunDevice.Create(options) : TapDevice.Create(options);
    }
}
