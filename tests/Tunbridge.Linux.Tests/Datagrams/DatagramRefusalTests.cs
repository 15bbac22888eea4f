// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using Tunbridge.Testing;

namespace Tunbridge.Linux.Tests.Datagrams;

/// <summary>What becomes of datagrams that the kernel or the network does not want.</summary>
/// <remarks>
/// <code>
///   Ns: a0 10.1.0.1/24, fd01::1 ── veth ── b0 10.1.0.2/24, fd01::2 :Other ── d0 (veth, MTU 1300) 10.2.0.0/24, fd02::/64
/// </code>
/// </remarks>
public sealed class DatagramRefusalTests : DatagramTest
{
    private const int SolSocket = 1, SoNoCheck = 11;

    private TestNamespace Other { get; } = new();

    [Fact]
    public void SocketThatMayNotSegment_GoesOnPlainly_AndSaysSoOnce()
    {
        using DatagramSocket to = Open("127.0.0.1:0"), second = Open("127.0.0.1:0");
        using DatagramSocket from = Open("127.0.0.1:0");
        // A socket that sends no checksums is refused UDP_SEGMENT (EINVAL), as a route without checksum offload is (EIO).
        using (Socket view = new(new SafeSocketHandle(from.Descriptor.Number, ownsHandle: false)))
            view.SetRawSocketOption(SolSocket, SoNoCheck, BitConverter.GetBytes(1));
        for (int round = 0; round < 3; round++)
        {
            using DatagramSendBatch batch = Fill(new(to.LocalAddress), "aaa", "bbb", "c");
            Assert.Equal(1, batch.MessageCount);
            from.Send(batch, Token);
            Assert.Equal(["aaa", "bbb", "c"], Receive(to, 3));
            Assert.Equal(1, from.Counters.SegmentationFallbacks);
        }

        using DatagramSendBatch other = Fill(new(second.LocalAddress), "aaa", "bbb");
        from.Send(other, Token);
        Assert.Equal(["aaa", "bbb"], Receive(second, 2));
        Assert.Equal(2, from.Counters.SegmentationFallbacks);
        Assert.False(from.IsSegmentationOff);
        Assert.Equal((11, 0), (from.Counters.Sent, Refusals(from)));
    }

    [Fact]
    public void ManyPeersThatDoNotTakeRuns_TurnTheSocketPlain_ForTenMinutes()
    {
        ManualTime time = new();
        using DatagramSocket from = Open("127.0.0.1:0", new() { Time = time });
        using (Socket view = new(new SafeSocketHandle(from.Descriptor.Number, ownsHandle: false)))
            view.SetRawSocketOption(SolSocket, SoNoCheck, BitConverter.GetBytes(1));
        for (int i = 1; i <= 40; i++)
        {
            using DatagramSendBatch batch = Fill(new(At($"127.0.0.{i}:9")), "aa", "bb");
            from.Send(batch, Token);
            Assert.Equal(i > 32, from.IsSegmentationOff);
        }

        Assert.Equal(33, from.Counters.SegmentationFallbacks);
        Assert.Equal(80, from.Counters.Sent);
        time.Advance(TimeSpan.FromMinutes(10));
        Assert.False(from.IsSegmentationOff);
    }

    [Fact]
    public void SegmentsAboveTheMtu_GoAsFragments_ShorterOnesAsRuns()
    {
        Join();
        using DatagramSocket to = OpenOther("10.1.0.2:0");
        using DatagramSocket from = Open("10.1.0.1:0", new() { PathMtuDiscovery = PathMtuDiscovery.Want });
        DatagramPath path = new(to.LocalAddress);
        string[] longOnes = [new('a', 2000), new('b', 2000), "c"], shortOnes = [new('d', 1400), new('e', 1400)];
        foreach (string[] texts in (string[][])[longOnes, shortOnes, longOnes])
        {
            using DatagramSendBatch batch = Fill(path, texts);
            from.Send(batch, Token);
            Assert.Equal(texts, Receive(to, texts.Length));
        }

        Assert.Equal((1, 0), (from.Counters.SegmentationFallbacks, Refusals(from)));
    }

    [Fact]
    public void PathWhoseMtuGrows_GetsRunsAgain_AfterTenMinutes()
    {
        Join();
        ManualTime time = new();
        using DatagramSocket to = OpenOther("10.1.0.2:0");
        using DatagramSocket from = Open("10.1.0.1:0", new() { PathMtuDiscovery = PathMtuDiscovery.Want, Time = time });
        Assert.Equal((1, 1), SendTwo());
        Ns.Ip("link set a0 mtu 9000");
        Other.Ip("link set b0 mtu 9000");
        time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1));
        Assert.Equal((1, 1), SendTwo());
        time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal((2, 1), SendTwo());

        // Refused anew, it is known anew.
        Ns.Ip("link set a0 mtu 1500");
        Assert.Equal((1, 2), SendTwo());
        Ns.Ip("link set a0 mtu 9000");
        Assert.Equal((1, 2), SendTwo());

        // Gives how many datagrams came in the first run, and how often runs were given up.
        (int Together, long Fallbacks) SendTwo()
        {
            using DatagramSendBatch batch = Fill(new(to.LocalAddress), new string('a', 2000), new string('b', 2000));
            from.Send(batch, Token);
            DatagramReceiveBatch received = new(1);
            to.Receive(received, Token);
            int together = received[0].Count;
            if (together == 1)
                to.Receive(received, Token);
            return (together, from.Counters.SegmentationFallbacks);
        }
    }

    [Fact]
    public void DatagramsAboveTheMtu_NotToBeCut_AreCountedAndTheRestGoes()
    {
        Join();
        using DatagramSocket to = OpenOther("10.1.0.2:0");
        using DatagramSocket from = Open("10.1.0.1:0", new() { PathMtuDiscovery = PathMtuDiscovery.Do, ReceiveErrors = true });
        using DatagramSendBatch batch = Fill(new(to.LocalAddress), new('a', 1473), new('b', 1473), new('c', 1472));
        from.Send(batch, Token);
        Assert.Equal([new('c', 1472)], Receive(to, 1));
        Assert.Equal((2, 1), (from.Counters.Refused(DatagramOutcome.TooLong), from.Counters.Sent));
        Assert.Equal(0, from.Counters.SegmentationFallbacks);
        Assert.True(from.TryReadError(out DatagramError error));
        Assert.Equal((Errno.EMSGSIZE, DatagramErrorOrigin.Local, 1500), (error.Errno, error.Origin, error.PathMtu));
        // The kernel does not tell the port of what it refused at once.
        Assert.Equal(to.LocalAddress.WithPort(0), error.Remote);
    }

    [Theory]
    [InlineData("10.1.0.1:0", "10.2.0.9:9", "10.1.0.2", false)]
    [InlineData("[fd01::1]:0", "[fd02::9]:9", "fd01::2", false)]
    [InlineData("[::]:0", "10.2.0.9:9", "10.1.0.2", true)]
    public void RouterWithASmallerMtu_IsReportedWithTheMtu(string local, string remote, string router, bool dual)
    {
        Join();
        using DatagramSocket socket = Open(local, new() { PathMtuDiscovery = PathMtuDiscovery.Do, ReceiveErrors = true, IsDualStack = dual });
        Assert.False(socket.TryReadError(out _));
        using DatagramSendBatch batch = Fill(new(At(remote)), new string('x', 1400));
        socket.Send(batch, Token);
        Assert.Equal(0, socket.Receive(new DatagramReceiveBatch(1), Token));
        Assert.True(socket.TryReadError(out DatagramError error));
        bool v4 = At(remote).IsIPv4;
        Assert.Equal(
            new()
            {
                Remote = At(remote),
                Errno = Errno.EMSGSIZE,
                Origin = v4 ? DatagramErrorOrigin.Icmp : DatagramErrorOrigin.Icmp6,
                IcmpType = (byte)(v4 ? 3 : 2),
                IcmpCode = (byte)(v4 ? 4 : 0),
                PathMtu = 1300,
                Reporter = new(System.Net.IPAddress.Parse(router)),
            },
            error);
        Assert.False(socket.TryReadError(out _));

        using DatagramSocket connected = Open(local, new() { Remote = At(remote), IsDualStack = dual });
        Assert.Equal(1300, connected.PathMtu);
    }

    [Fact]
    public void LateReportOfASmallerMtu_DoesNotCostAnotherPeerItsRuns()
    {
        Join();
        using DatagramSocket good = OpenOther("10.1.0.2:0");
        using DatagramSocket socket = Open("10.1.0.1:0", new() { PathMtuDiscovery = PathMtuDiscovery.Do, ReceiveErrors = true });
        using EventFd never = new();
        Assert.Equal(DatagramOutcome.Sent, socket.TrySend(new(At("10.2.0.9:9")), new byte[1400]));
        Assert.Equal(WaitOutcome.Ready, Readiness.WaitReadable(socket.Descriptor, never, null, (int)Patience.TotalMilliseconds));
        using DatagramSendBatch batch = Fill(new(good.LocalAddress), "aaa", "bbb", "c");
        socket.Send(batch, Token);
        Assert.Equal(["aaa", "bbb", "c"], Receive(good, 3));
        Assert.Equal((1, 0), (socket.Counters.Reported(DatagramOutcome.TooLong), Refusals(socket)));
        Assert.Equal(0, socket.Counters.SegmentationFallbacks);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PeerThatRefuses_DoesNotCostAnotherPeerItsDatagrams(bool whole)
    {
        using DatagramSocket good = Open("127.0.0.1:0"), closed = Open("127.0.0.1:0");
        DatagramPath toGood = new(good.LocalAddress), toClosed = new(closed.LocalAddress);
        closed.Dispose();
        using DatagramSocket socket = Open("127.0.0.1:0", new() { ReceiveErrors = true });
        using EventFd never = new();
        for (int round = 1; round <= 3; round++)
        {
            Assert.Equal(DatagramOutcome.Sent, socket.TrySend(toClosed, "x"u8));
            // The refusal has come when the socket is in error.
            Assert.Equal(WaitOutcome.Ready, Readiness.WaitReadable(socket.Descriptor, never, null, (int)Patience.TotalMilliseconds));
            if (whole)
            {
                using DatagramSendBatch batch = Fill(toGood, "aa", "bb");
                socket.Send(batch, Token);
            }
            else
            {
                Assert.Equal(DatagramOutcome.Sent, socket.TrySend(toGood, "aa"u8));
                Assert.Equal(DatagramOutcome.Sent, socket.TrySend(toGood, "bb"u8));
            }

            Assert.Equal(["aa", "bb"], Receive(good, 2));
            Assert.Equal((round, 0), (socket.Counters.Reported(DatagramOutcome.PeerRefused), Refusals(socket)));
            Assert.True(socket.TryReadError(out DatagramError error));
            Assert.Equal(
                (Errno.ECONNREFUSED, DatagramErrorOrigin.Icmp, 3, 3, toClosed.Remote),
                (error.Errno, error.Origin, error.IcmpType, error.IcmpCode, error.Remote));
        }
    }

    [Fact]
    public void Receive_WithALateError_GoesOn()
    {
        using DatagramSocket peer = Open("127.0.0.1:0");
        using DatagramSocket socket = Open("127.0.0.1:0", new() { Remote = peer.LocalAddress });
        DatagramAddress address = peer.LocalAddress;
        peer.Dispose();
        using EventFd never = new();
        socket.TrySend(default(DatagramPath), "x"u8);
        Assert.Equal(WaitOutcome.Ready, Readiness.WaitReadable(socket.Descriptor, never, null, (int)Patience.TotalMilliseconds));
        Assert.Equal(0, socket.TryReceive(new DatagramReceiveBatch(1)));
        Assert.Equal(1, socket.Counters.Reported(DatagramOutcome.PeerRefused));
        using DatagramSocket again = Open(address.ToString());
        again.TrySend(new DatagramPath(socket.LocalAddress), "back"u8);
        Assert.Equal(["back"], Receive(socket, 1));
    }

    [Fact]
    public void ReportsThatNobodyTakes_GiveWay_AndDoNotKeepTheReaderAwake()
    {
        using DatagramSocket socket = Open("127.0.0.1:0", new() { ReceiveErrors = true });
        DatagramReceiveBatch batch = new(1);
        for (int i = 1; i <= 40; i++)
        {
            socket.TrySend(new DatagramPath(At($"127.0.0.1:{i}")), "x"u8);
            Assert.Equal(0, socket.Receive(batch, Token));
        }

        Assert.Equal(8, socket.Counters.LostReports);
        for (int i = 9; i <= 40; i++)
        {
            Assert.True(socket.TryReadError(out DatagramError error));
            Assert.Equal(i, error.Remote.Port);
        }

        Assert.False(socket.TryReadError(out _));
    }

    [Theory]
    [InlineData("127.0.0.1:0", "192.0.2.1:9", DatagramOutcome.Unreachable)]
    [InlineData("[::1]:0", "[2001:db8::1]:9", DatagramOutcome.Unreachable)]
    [InlineData("127.0.0.1:0", "[::1]:9", DatagramOutcome.Other)]
    [InlineData("0.0.0.0:0", "255.255.255.255:9", DatagramOutcome.Unreachable)]
    [InlineData("0.0.0.0:0", "127.255.255.255:9", DatagramOutcome.NotPermitted)]
    public void PeerWithoutAWay_IsCountedByName_AndTheRestGoes(string local, string remote, DatagramOutcome expected)
    {
        using DatagramSocket socket = Open(local), to = Open(local[0] == '[' ? "[::1]:0" : "127.0.0.1:0");
        Assert.Equal(expected, socket.TrySend(new DatagramPath(At(remote)), "x"u8));
        using DatagramSendBatch batch = Fill(new(At(remote)), "aa", "bb", "cc");
        Assert.True(batch.TryAdd(new(to.LocalAddress), batch.Slab.Span[..2]));
        socket.Send(batch, Token);
        Assert.Equal(["aa"], Receive(to, 1));
        Assert.Equal((4, 4, 1), (socket.Counters.Refused(expected), Refusals(socket), socket.Counters.Sent));
        Assert.Equal(0, socket.Counters.SegmentationFallbacks);
    }

    [Fact]
    public async Task FullSendBuffer_EndsATry_AndIsWaitedForBySend()
    {
        Join();
        using DatagramSocket to = OpenOther("10.1.0.2:0");
        using DatagramSocket from = Open("10.1.0.1:0", new() { SendBufferSize = 1 });
        // Nobody answers for a neighbour that is not to be asked: what is sent to it stays with the socket.
        Other.Ip("link set b0 arp off");
        Ns.Ip("neigh flush dev a0");
        Ns.Run(() => File.WriteAllText("/proc/sys/net/ipv4/neigh/a0/mcast_solicit", "60"));
        DatagramPath path = new(to.LocalAddress);
        string[] texts = [.. Enumerable.Range(0, 40).Select(i => new string((char)('A' + i), 1000 + i))];
        using DatagramSendBatch batch = Fill(path, texts);
        Assert.False(from.TrySend(batch));
        Assert.False(batch.IsDone);
        Assert.True(from.Counters.Refused(DatagramOutcome.BufferFull) >= 1);

        using CancellationTokenSource cancel = new();
        Task cancelled = Task.Run(() => from.Send(batch, cancel.Token), Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WaitAsync(Patience, Token));

        Task sending = Task.Run(() => from.Send(batch, Token), Token);
        string mac = Other.Exec("cat", "/sys/class/net/b0/address").Output.Trim();
        Other.Ip("link set b0 arp on");
        await sending.WaitAsync(Patience, Token);
        Assert.True(batch.IsDone);
        Assert.Equal(texts.Length, from.Counters.Sent);
        Assert.Equal(texts, Receive(to, texts.Length));
    }

    private static long Refusals(DatagramSocket socket) =>
        Enum.GetValues<DatagramOutcome>().Sum(socket.Counters.Refused);

    private DatagramSocket OpenOther(string local) =>
        DatagramSocket.Open(new() { Local = At(local), Namespace = Other.Namespace });

    private void Join()
    {
        Ns.Ip($"link add a0 type veth peer name b0 netns /proc/{Environment.ProcessId}/fd/{Other.Namespace.Descriptor.Number}");
        foreach (string address in (string[])["10.1.0.1/24", "fd01::1/64"])
            Ns.Ip($"addr add {address} dev a0 nodad");
        foreach (string address in (string[])["10.1.0.2/24", "fd01::2/64"])
            Other.Ip($"addr add {address} dev b0 nodad");
        Other.Ip("link add d0 mtu 1300 type veth peer name d1");
        Other.Ip("addr add 10.2.0.1/24 dev d0");
        Other.Ip("addr add fd02::1/64 dev d0 nodad");
        Other.Run(() =>
        {
            File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1");
            File.WriteAllText("/proc/sys/net/ipv6/conf/all/forwarding", "1");
        });
        Other.Ip("link set b0 up");
        Other.Ip("link set d0 up");
        Other.Ip("link set d1 up");
        Ns.Ip("link set a0 up");
        Ns.Ip("route add 10.2.0.0/24 via 10.1.0.2");
        Ns.Ip("route add fd02::/64 via fd01::2");
    }
}
