// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Tunbridge.Packets;
using Tunbridge.Testing;

namespace Tunbridge.Devices.Tests.Forwarding;

/// <summary>What may happen to either card without ending the forwarder, and what does end it.</summary>
public sealed class ForwarderSurvivalTests
{
    private static readonly IPEndPoint s_b = new(IPAddress.Parse("10.7.0.2"), 9);

    [Theory]
    [InlineData(DeviceLayer.Packet)]
    [InlineData(DeviceLayer.Frame)]
    public void OtherCardDownAndUp_DropsMeanwhileAndGoesOn(DeviceLayer layer)
    {
        using JoinedNamespaces joined = new(layer);
        joined.AssertConnected();
        joined.B.Ip("link set t0 down");
        SendUntil(joined.A, () => joined.Forwarder.FirstToSecond.LinkDown >= 10);
        joined.B.Ip("link set t0 up");
        joined.AssertConnected();
        joined.A.Ip("link set t0 down");
        joined.A.Ip("link set t0 up");
        joined.AssertConnected();
        Assert.Empty(joined.Changes);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void CardDeleted_IsWaitedForAndAttachedToAgain(bool isFirst)
    {
        using JoinedNamespaces joined = new(DeviceLayer.Packet);
        joined.AssertConnected();
        (TestNamespace space, string host) = isFirst ? (joined.A, "1") : (joined.B, "2");
        for (int round = 0; round < 3; round++)
        {
            space.Ip("link delete t0");
            JoinedCardState gone = joined.NextChange();
            Assert.Equal(("t0", isFirst, false), (gone.Name, gone.IsFirst, gone.IsAttached));
            Assert.Contains("deleted", gone.Reason, StringComparison.Ordinal);
            if (!isFirst)
                SendUntil(joined.A, () => joined.Forwarder.FirstToSecond.Gone >= 10 * (round + 1));
            space.Ip("tuntap add t0 mode tun");
            while (!joined.NextChange().IsAttached)
                continue;
            JoinedNamespaces.Configure(space, host, 1500);
            joined.AssertConnected();
        }
    }

    [Fact]
    public void AnotherCardOfTheName_IsLeftAloneUntilItMayBeJoined()
    {
        using JoinedNamespaces joined = new(DeviceLayer.Packet);
        joined.B.Ip("link delete t0");
        Assert.Contains("deleted", joined.NextChange().Reason, StringComparison.Ordinal);

        joined.B.Ip("link add t0 type veth peer name t1");
        Assert.Contains("no TUN or TAP", joined.NextChange().Reason, StringComparison.Ordinal);
        joined.B.Ip("link delete t0");
        Assert.Contains("deleted", joined.NextChange().Reason, StringComparison.Ordinal);

        joined.B.Ip("tuntap add t0 mode tap");
        Await(joined, "there is a TAP");
        joined.B.Ip("link delete t0");
        Await(joined, "deleted");

        using (TunDevice own = TunDevice.Create(new() { Name = "t0", Namespace = joined.B.Namespace, MultiQueue = true }))
        {
            Await(joined, "not persistent");
            own.SetPersistent(true);
            Await(joined, "another process");
        }

        // A multi-queue card, where there was one of a single queue: it is what it is.
        Await(joined, null);
        JoinedNamespaces.Configure(joined.B, "2", 1500);
        joined.AssertConnected();
    }

    [Fact]
    public void CardHeldBySomebodyElse_IsTakenWhenItIsLetGo()
    {
        using JoinedNamespaces joined = new(DeviceLayer.Frame);
        joined.A.Ip("link delete t0");
        Assert.False(joined.NextChange().IsAttached);
        using (TapDevice own = TapDevice.Create(new() { Name = "t0", Namespace = joined.A.Namespace, Persistent = true }))
            Await(joined, "single queue, held by");
        Await(joined, null);
        JoinedNamespaces.Configure(joined.A, "1", 1500);
        joined.AssertConnected();
    }

    [Fact]
    public void CardRenamed_GoesOnAndIsThenWaitedForByItsNewName()
    {
        using JoinedNamespaces joined = new(DeviceLayer.Packet);
        joined.B.Ip("link set t0 down");
        joined.B.Ip("link set t0 name other");
        joined.B.Ip("link set other up");
        joined.AssertConnected();
        joined.B.Ip("link delete other");
        Assert.Equal("other", joined.NextChange().Name);
        joined.B.Ip("tuntap add other mode tun");
        Await(joined, null);
    }

    [Fact]
    public void CardMovedToAnotherNamespace_StaysJoined()
    {
        using JoinedNamespaces joined = new(DeviceLayer.Packet);
        using TestNamespace third = new();
        joined.B.Ip($"link set t0 netns /proc/{Environment.ProcessId}/fd/{third.Namespace.Descriptor.Number}");
        JoinedNamespaces.Configure(third, "2", 1500);
        using Socket receiver = JoinedNamespaces.Udp(third, s_b);
        SendUntil(joined.A, () => receiver.Available > 0);
        Assert.Empty(joined.Changes);
        third.Ip("link delete t0");
        SendUntil(joined.A, () => joined.Changes.Count > 0);
        joined.B.Ip("tuntap add t0 mode tun");
        Await(joined, null);
    }

    [Theory]
    [InlineData(AddressFamily.InterNetwork, "10.7.0.2", "10.7.0.3/24", "10.7.0.3")]
    [InlineData(AddressFamily.InterNetworkV6, "fd00:7::2", "fd00:7::3/64", "fd00:7::3")]
    public void Tun_PacketAboveTheOtherMtu_ItsSenderIsTold(AddressFamily family, string address, string more, string second)
    {
        using JoinedNamespaces joined = new(DeviceLayer.Packet, mtu: 9000, mtuB: 1500);
        joined.AssertConnected();
        using Socket sender = JoinedNamespaces.Udp(joined.A, null, family);
        SetMustNotFragment(sender);
        byte[] datagram = new byte[5000];
        IPEndPoint target = new(IPAddress.Parse(address), 9);
        SocketError error = SocketError.Success;
        SpinUntil(() => (error = TrySend(sender, datagram, target)) == SocketError.MessageSize);
        Assert.True(joined.Forwarder.FirstToSecond.TooBig > 0);
        Assert.Contains("mtu 1500", joined.A.Ip($"route get {address}"), StringComparison.Ordinal);

        // The MTU is followed while it runs.
        joined.B.Ip("link set t0 mtu 9000");
        joined.B.Ip($"addr add {more}{(family == AddressFamily.InterNetworkV6 ? " nodad" : "")} dev t0");
        target.Address = IPAddress.Parse(second);
        using Socket receiver = JoinedNamespaces.Udp(joined.B, new IPEndPoint(target.Address, 9), family);
        SpinUntil(() => TrySend(sender, datagram, target) == SocketError.Success && receiver.Available > 0);
    }

    [Fact]
    public void Tun_Ipv4ThatMayBeFragmented_Passes()
    {
        using JoinedNamespaces joined = new(DeviceLayer.Packet, mtu: 9000, mtuB: 1500);
        using Socket receiver = JoinedNamespaces.Udp(joined.B, s_b);
        using Socket sender = JoinedNamespaces.Udp(joined.A, null);
        sender.DontFragment = false;
        byte[] datagram = new byte[5000];
        SpinUntil(() => TrySend(sender, datagram, s_b) == SocketError.Success && receiver.Available > 0);
        Assert.Equal(0, joined.Forwarder.FirstToSecond.TooBig);
    }

    [Fact]
    public void Tap_FrameAboveTheOtherMtu_IsDroppedAndCounted()
    {
        using JoinedNamespaces joined = new(DeviceLayer.Frame, mtu: 9000, mtuB: 1500);
        joined.AssertConnected();
        using Socket sender = JoinedNamespaces.Udp(joined.A, null);
        SpinUntil(() => TrySend(sender, new byte[1472 + 1], s_b) == SocketError.Success && joined.Forwarder.FirstToSecond.TooBig >= 3);
        long passed = joined.Forwarder.FirstToSecond.Packets;
        SpinUntil(() => TrySend(sender, new byte[1472], s_b) == SocketError.Success && joined.Forwarder.FirstToSecond.Packets >= passed + 3);
    }

    [Fact]
    public void FullQueue_LosesPacketsAndNothingElse()
    {
        using JoinedNamespaces joined = new(DeviceLayer.Packet);
        joined.A.Ip("link set t0 txqueuelen 2");
        using Socket sender = JoinedNamespaces.Udp(joined.A, null);
        for (int i = 0; i < 20_000; i++)
            TrySend(sender, new byte[1000], s_b);
        joined.AssertConnected();
    }

    [Fact]
    public async Task Cancellation_UnderAFlood_EndsIt()
    {
        for (int round = 0; round < 5; round++)
        {
            using JoinedNamespaces joined = new(DeviceLayer.Packet);
            using CancellationTokenSource stop = new();
            Task flood = Task.Run(() =>
            {
                using Socket sender = JoinedNamespaces.Udp(joined.A, null);
                while (!stop.IsCancellationRequested)
                    TrySend(sender, new byte[100], s_b);
            }, TestContext.Current.CancellationToken);
            SpinUntil(() => joined.Forwarder.FirstToSecond.Packets > 100);
            joined.Cancel();
            await stop.CancelAsync();
            await flood;
        }
    }

    [Fact]
    public void Cancellation_WhileACardIsGone_EndsIt()
    {
        using JoinedNamespaces joined = new(DeviceLayer.Frame);
        joined.A.Ip("link delete t0");
        Assert.False(joined.NextChange().IsAttached);
        joined.Cancel();
    }

    private static void Await(JoinedNamespaces joined, string? reason)
    {
        JoinedCardState state;
        do
        {
            state = joined.NextChange();
        }
        while (reason is null ? !state.IsAttached : state.Reason?.Contains(reason, StringComparison.Ordinal) != true);
    }

    private static void SendUntil(TestNamespace space, Func<bool> isDone)
    {
        using Socket sender = JoinedNamespaces.Udp(space, null);
        SpinUntil(() =>
        {
            TrySend(sender, new byte[20], s_b);
            return isDone();
        });
    }

    private static void SpinUntil(Func<bool> isDone) =>
        Assert.True(SpinWait.SpinUntil(isDone, JoinedNamespaces.Patience), "it did not happen");

    private static SocketError TrySend(Socket socket, byte[] datagram, EndPoint target)
    {
        try
        {
            socket.SendTo(datagram, target);
            return SocketError.Success;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode;
        }
    }

    private static void SetMustNotFragment(Socket socket)
    {
        // IP_MTU_DISCOVER and IPV6_MTU_DISCOVER, value DO: the kernel heeds what it is told, and says EMSGSIZE.
        (int level, int option) = socket.AddressFamily == AddressFamily.InterNetwork ? (0, 10) : (41, 23);
        socket.SetRawSocketOption(level, option, BitConverter.GetBytes(2));
    }
}
