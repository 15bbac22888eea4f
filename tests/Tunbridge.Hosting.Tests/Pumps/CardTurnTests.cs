// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Tunbridge.Devices;
using Tunbridge.Linux;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Testing;

namespace Tunbridge.Hosting.Tests.Pumps;

/// <summary>
/// Which thread reads the card. Time stands still, so that what is load does not depend on the machine.
/// <code>
/// namespace: Local 10.8.0.1 ── tun0 ══ pump ── UDP over lo ── Remote, a plain socket
/// </code>
/// </summary>
public sealed class CardTurnTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly ManualTime _time = new();
    private readonly TestNamespace _space = new();
    private readonly VirtualDevice _card;
    private readonly TunnelPump _pump;
    private readonly PlainChannel _channel = new(1);
    private readonly Socket _remote;
    private readonly Socket _local;
    private readonly IPEndPoint _wire;

    public CardTurnTests()
    {
        _card = TunDevice.Create(new() { Name = "tun0", Namespace = _space.Namespace, Offload = Offload.All });
        // The kernel's own packets are load, too, while time stands still.
        _space.Ip("link set tun0 addrgenmode none");
        _space.Ip("addr add 10.8.0.1/24 dev tun0");
        _space.Ip("link set tun0 up");
        DatagramLink link = DatagramLink.Open(new() { Local = new(IPAddress.Loopback), Namespace = _space.Namespace });
        _remote = _space.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        _remote.ReceiveTimeout = (int)s_patience.TotalMilliseconds;
        _remote.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _wire = link.Local.ToEndPoint();
        _local = _space.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        _local.ReceiveTimeout = _remote.ReceiveTimeout;
        _local.Bind(new IPEndPoint(IPAddress.Parse("10.8.0.1"), 9));
        _pump = new(new()
        {
            Queues = [_card],
            Link = link,
            Classifier = OpenVpnClassifier.Instance,
            Owner = new RecordingOwner(),
            Router = new SinglePeerRouter(),
            Clock = new TunnelClock(_time),
        });
        _pump.Add(new TunnelPeer(_channel, PumpRig.PathOf(_remote)) { Index = 1 });
        _pump.Start();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void SinglePackets_AreCarriedByTheWiresThread_LoadByTwo_ThenByOneAgain()
    {
        AwaitLent(true);
        for (byte i = 0; i < 5; i++)
            Exchange(i);
        Assert.True(_pump.Turn!.IsLent);

        // 33 packets of one millisecond and more.
        for (byte i = 0; i < 40; i++)
            Exchange(i);
        AwaitLent(false);
        for (byte i = 0; i < 40; i++)
            Exchange(i);
        Assert.False(_pump.Turn.IsLent);

        _time.Advance(TimeSpan.FromMilliseconds(100));
        Exchange(1);
        AwaitLent(true);
        Exchange(2);
        Assert.False(_pump.Completion.IsCompleted);
    }

    [Fact]
    public async Task QueueClosed_WhileLent_EndsThePump()
    {
        AwaitLent(true);
        _card.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _pump.Completion.WaitAsync(s_patience, Cancellation));
    }

    [Fact]
    public async Task CardDeleted_WhileLent_EndsThePumpAndTheWireGoesOn()
    {
        AwaitLent(true);
        _space.Ip("link del tun0");
        await Assert.ThrowsAsync<LinuxException>(() => _pump.Completion.WaitAsync(s_patience, Cancellation));
        AwaitLent(false);
        long before = _pump.Drops[Tunnels.DropReason.UnknownType];
        _remote.SendTo([0xff, 1, 2], _wire);
        Assert.True(SpinWait.SpinUntil(() => _pump.Drops[Tunnels.DropReason.UnknownType] > before, s_patience));
    }

    [Fact]
    public async Task Dispose_WhileLent_LeavesTheCardForAnotherPump()
    {
        AwaitLent(true);
        _pump.Dispose();
        await _pump.Completion.WaitAsync(s_patience, Cancellation);
        DatagramLink link = DatagramLink.Open(new() { Local = new(IPAddress.Loopback), Namespace = _space.Namespace });
        using TunnelPump next = new(new()
        {
            Queues = [_card],
            Link = link,
            Classifier = OpenVpnClassifier.Instance,
            Owner = new RecordingOwner(),
            Router = new SinglePeerRouter(),
        });
        next.Add(new TunnelPeer(new PlainChannel(1), PumpRig.PathOf(_remote)) { Index = 1 });
        next.Start();
        Assert.True(SpinWait.SpinUntil(() => next.Turn!.IsLent, s_patience));
        Assert.Equal(7, Out(7));
    }

    public void Dispose()
    {
        _pump.Dispose();
        _card.Dispose();
        _remote.Dispose();
        _local.Dispose();
        _space.Dispose();
    }

    // One packet out and one in.
    private void Exchange(byte mark)
    {
        Assert.Equal(mark, Out(mark));
        _remote.SendTo(_channel.Seal(PumpRig.Packet("10.8.0.2", "10.8.0.1", mark)), _wire);
        byte[] room = new byte[64];
        Assert.Equal(mark, room[_local.Receive(room) - 1]);
    }

    private byte Out(byte mark)
    {
        _local.SendTo([mark], new IPEndPoint(IPAddress.Parse("10.8.0.2"), 9));
        byte[] room = new byte[2048];
        int count = _remote.Receive(room);
        PlainChannel theirs = new(0);
        Assert.Equal(Tunnels.DropReason.None, theirs.TryOpen(room.AsSpan(0, count), 0, out Span<byte> packet, out _));
        return packet[^1];
    }

    private void AwaitLent(bool lent) => Assert.True(SpinWait.SpinUntil(() => _pump.Turn!.IsLent == lent, s_patience));
}
