// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net.Sockets;

namespace Tunbridge.Linux.Tests.Datagrams;

/// <summary>Addresses, options and waits of datagram sockets.</summary>
public sealed class DatagramSocketTests : DatagramTest
{
    [Theory]
    [InlineData("0.0.0.0:0", "10.0.0.2", "10.0.0.1:0")]
    [InlineData("[::]:0", "fd00::2", "[fd00::1]:0")]
    [InlineData("[::]:0", "10.0.0.2", "10.0.0.1:0")]
    public void Reply_ToAReceivedPath_LeavesFromTheAddressAsked(string listen, string asked, string asking)
    {
        foreach (string address in (string[])["10.0.0.1/24", "10.0.0.2/24", "fd00::1/64", "fd00::2/64"])
            Ns.Ip($"addr add {address} dev lo nodad");
        using DatagramSocket server = Open(listen, new() { IsDualStack = listen[0] == '[' });
        using DatagramSocket client = Open(asking);
        DatagramPath there = new(new(System.Net.IPAddress.Parse(asked), server.LocalAddress.Port));
        // A busy kernel loses what is sent to an IPv6 address right after `ip addr add`, without a word: asked until it comes.
        using EventFd never = new();
        do
        {
            Token.ThrowIfCancellationRequested();
            Assert.Equal(DatagramOutcome.Sent, client.TrySend(there, "?"u8));
        }
        while (Readiness.WaitReadable(server.Descriptor, never, null, timeoutMilliseconds: 500) == WaitOutcome.TimedOut);

        List<DatagramPath> paths = [];
        Receive(server, 1, paths);
        Assert.Equal(client.LocalAddress, paths[0].Remote);
        Assert.Equal(there.Remote.WithPort(0), paths[0].Local);
        Assert.NotEqual(0, paths[0].InterfaceIndex);
        // One at a time, a run, and with the interface left to the routes.
        Assert.Equal(DatagramOutcome.Sent, server.TrySend(paths[0], "!"u8));
        using (DatagramSendBatch batch = Fill(paths[0], "aa", "bb", "c"))
            server.Send(batch, Token);
        Assert.Equal(DatagramOutcome.Sent, server.TrySend(paths[0] with { InterfaceIndex = 0 }, "."u8));
        paths.Clear();
        Assert.Equal(["!", "aa", "bb", "c", "."], Receive(client, 5, paths));
        Assert.All(paths, p => Assert.Equal(there.Remote, p.Remote));
    }

    [Theory]
    [InlineData("127.0.0.1:0", "192.0.2.7:0", DatagramOutcome.Unreachable)]
    [InlineData("[::1]:0", "[2001:db8::7]:0", DatagramOutcome.AddressUnavailable)]
    public void LocalAddress_NotOfThisHost_IsRefusedByName(string local, string foreign, DatagramOutcome expected)
    {
        using DatagramSocket socket = Open(local), to = Open(local);
        DatagramPath path = new() { Remote = to.LocalAddress, Local = At(foreign) };
        Assert.Equal(expected, socket.TrySend(path, "x"u8));
        using DatagramSendBatch batch = Fill(path, "aa", "bb");
        Assert.True(batch.TryAdd(new(to.LocalAddress), batch.Slab.Span[..2]));
        socket.Send(batch, Token);
        Assert.Equal(["aa"], Receive(to, 1));
        // A message is given up whole when the reason is not its segmentation.
        Assert.Equal(3, socket.Counters.Refused(expected));
        Assert.Equal((1, 0), (socket.Counters.Sent, socket.Counters.SegmentationFallbacks));
    }

    [Fact]
    public void Connected_NeedsNoAddress_AndHearsItsPeerOnly()
    {
        using DatagramSocket peer = Open("127.0.0.1:0"), stranger = Open("127.0.0.1:0");
        using DatagramSocket socket = Open("127.0.0.1:0", new() { Remote = peer.LocalAddress });
        using DatagramSendBatch batch = Fill(default, "aa", "bb");
        socket.Send(batch, Token);
        Assert.Equal(DatagramOutcome.Sent, socket.TrySend(default(DatagramPath), "c"u8));
        Assert.Equal(["aa", "bb", "c"], Receive(peer, 3));
        stranger.TrySend(new DatagramPath(socket.LocalAddress), "stranger"u8);
        peer.TrySend(new DatagramPath(socket.LocalAddress), "peer"u8);
        Assert.Equal(["peer"], Receive(socket, 1));
        Assert.Equal(65_535, socket.PathMtu); // lo has 65,536, an IPv4 packet less
        Assert.Equal(peer.LocalAddress, socket.RemoteAddress);
        Assert.Equal(Errno.ENOTCONN, Assert.Throws<LinuxException>(() => peer.PathMtu).Errno);
    }

    [Fact]
    public void Connected_IPv6AndMapped_TellThePathMtu()
    {
        using DatagramSocket v6 = DatagramSocket.Open(new() { Remote = At("[::1]:9"), Namespace = Ns.Namespace });
        Assert.Equal(65_536, v6.PathMtu);
        using DatagramSocket mapped = Open("[::]:0", new() { IsDualStack = true, Remote = At("127.0.0.1:9") });
        Assert.Equal(65_535, mapped.PathMtu);
        Assert.True(mapped.LocalAddress.IsIPv4);
    }

    [Fact]
    public void Options_AreThoseOfTheKernel()
    {
        using DatagramSocket socket = Open("[::]:0", new()
        {
            IsDualStack = true,
            ReuseAddress = true,
            ReusePort = true,
            Mark = 7,
            BoundDevice = "lo",
            TimeToLive = 9,
            TrafficClass = 0xb8,
            PathMtuDiscovery = PathMtuDiscovery.Do,
            ReceiveBufferSize = 5 << 20,
            SendBufferSize = 6 << 20,
        });
        // Root passes over rmem_max; the kernel doubles.
        Assert.Equal((10 << 20, 12 << 20), (socket.ReceiveBufferSize, socket.SendBufferSize));
        Assert.Equal([1, 1, 7], [Option(socket, 1, 2), Option(socket, 1, 15), Option(socket, 1, 36)]);
        Assert.Equal([9, 0xb8, 2], [Option(socket, 0, 2), Option(socket, 0, 1), Option(socket, 0, 10)]);
        Assert.Equal([9, 0xb8, 2], [Option(socket, 41, 16), Option(socket, 41, 67), Option(socket, 41, 23)]);
        using DatagramSocket second = Open($"[::]:{socket.LocalAddress.Port}", new() { IsDualStack = true, ReusePort = true });
    }

    [Theory]
    [InlineData("127.0.0.1:0", "127.0.0.1")]
    [InlineData("[::]:0", "127.0.0.1")]
    [InlineData("[::]:0", "[::1]")]
    public void HeaderFields_OfReceivedDatagrams_AreTold(string listen, string host)
    {
        using DatagramSocket to = Open(listen, new() { ReceiveHeaderFields = true, IsDualStack = listen[0] == '[' });
        using DatagramSocket from = Open($"{host}:0", new() { TrafficClass = 0xb8, TimeToLive = 33 });
        from.TrySend(new DatagramPath(At($"{host}:{to.LocalAddress.Port}")), "x"u8);
        DatagramReceiveBatch batch = new(4);
        to.Receive(batch, Token);
        Assert.Equal((0xb8, 33), (batch[0].TrafficClass, batch[0].TimeToLive));
    }

    [Fact]
    public void MistakenOptions_AreRefusedBeforeTheKernelIsAsked()
    {
        DatagramSocketOptions[] mistakes =
        [
            new(),
            new() { Remote = At("127.0.0.1:0") },
            new() { Local = At("127.0.0.1:0"), Remote = At("[::1]:9") },
            new() { Local = At("[::]:0"), Remote = At("127.0.0.1:9") },
            new() { Local = At("127.0.0.1:0"), IsDualStack = true },
            new() { Local = At("127.0.0.1:0"), TimeToLive = 0 },
            new() { Local = At("127.0.0.1:0"), TrafficClass = 256 },
            new() { Local = At("127.0.0.1:0"), SendBufferSize = 0 },
            new() { Local = At("127.0.0.1:0"), BoundDevice = "a/b" },
        ];
        Assert.All(mistakes, m => Assert.ThrowsAny<ArgumentException>(() => DatagramSocket.Open(m)));
    }

    [Fact]
    public void Open_Refused_TellsWhatAndWhere()
    {
        using DatagramSocket taken = Open("127.0.0.1:0");
        LinuxException error = Assert.Throws<LinuxException>(() => Open(taken.LocalAddress.ToString()));
        Assert.Equal(("bind", taken.LocalAddress.ToString(), Errno.EADDRINUSE), (error.Operation, error.Target, error.Errno));
        error = Assert.Throws<LinuxException>(() => Open("127.0.0.1:0", new() { BoundDevice = "nosuch" }));
        Assert.Equal(("setsockopt SO_BINDTODEVICE", "nosuch"), (error.Operation, error.Target));
        error = Assert.Throws<LinuxException>(() => DatagramSocket.Open(new() { Remote = At("192.0.2.1:9"), Namespace = Ns.Namespace }));
        Assert.Equal(("connect", Errno.ENETUNREACH), (error.Operation, error.Errno));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // then it waits first and reads later
    public async Task WaitingReceive_Cancelled_EndsAndTheSocketGoesOn(bool afterOneRun)
    {
        using DatagramSocket socket = Open("127.0.0.1:0");
        using CancellationTokenSource cancel = new();
        DatagramReceiveBatch batch = AfterRuns(socket, afterOneRun ? 1 : 0);
        Task waiting = Task.Run(() => socket.Receive(batch, cancel.Token), Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Patience, Token));
        socket.TrySend(new DatagramPath(socket.LocalAddress), "on"u8);
        Assert.Equal(["on"], Receive(socket, 1));
        Assert.Throws<OperationCanceledException>(() => socket.Receive(new DatagramReceiveBatch(1), cancel.Token));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Receive_WhateverTheLastOneGave_FindsWhatWaits_AndWaitsForWhatDoesNot(int runs)
    {
        using DatagramSocket socket = Open("127.0.0.1:0");
        DatagramPath self = new(socket.LocalAddress);
        DatagramReceiveBatch batch = AfterRuns(socket, runs);
        socket.TrySend(self, "there"u8);
        Assert.Equal(1, socket.Receive(batch, Token));
        Assert.Equal("there"u8, batch[0].Span);

        batch = AfterRuns(socket, runs);
        Thread sender = new(() => socket.TrySend(self, "to come"u8));
        sender.Start();
        Assert.Equal(1, socket.Receive(batch, Token));
        Assert.Equal("to come"u8, batch[0].Span);
        sender.Join();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WaitingReceive_SocketClosed_Ends(bool afterOneRun)
    {
        DatagramSocket socket = Open("127.0.0.1:0");
        DatagramReceiveBatch batch = AfterRuns(socket, afterOneRun ? 1 : 0);
        TaskCompletionSource started = new();
        Task waiting = Task.Run(
            () =>
            {
                started.SetResult();
                socket.Receive(batch, CancellationToken.None);
            },
            Token);
        await started.Task;
        socket.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting.WaitAsync(Patience, Token));
        Assert.True(socket.IsClosed);
        Assert.Throws<ObjectDisposedException>(() => socket.TrySend(new DatagramPath(At("127.0.0.1:9")), "x"u8));
        Assert.Throws<ObjectDisposedException>(() => socket.TryReceive(new DatagramReceiveBatch(1)));
        socket.Dispose();
    }

    [Fact]
    public async Task Descriptor_InTheReadinessLoop_CallsBackWhenADatagramComes()
    {
        using DatagramSocket socket = Open("127.0.0.1:0");
        SemaphoreSlim ready = new(0);
        using ReadinessLoop.Registration registration = ReadinessLoop.Shared.Register(socket.Descriptor, () => ready.Release());
        registration.Arm();
        Assert.Equal(0, ready.CurrentCount);
        socket.TrySend(new DatagramPath(socket.LocalAddress), "x"u8);
        Assert.True(await ready.WaitAsync(Patience, Token));
    }

    [Fact]
    public void Threads_OneReceivingSeveralSending_LoseNothing()
    {
        using DatagramSocket to = Open("127.0.0.1:0"), from = Open("127.0.0.1:0");
        DatagramPath path = new(to.LocalAddress);
        const int Senders = 4, Each = 200;
        Thread[] threads = [.. Enumerable.Range(0, Senders).Select(s => new Thread(() =>
        {
            for (int i = 0; i < Each; i += 2)
            {
                using DatagramSendBatch batch = Fill(path, Text(s, i), Text(s, i + 1));
                from.Send(batch, Token);
            }
        }))];
        Array.ForEach(threads, t => t.Start());
        List<string> texts = Receive(to, Senders * Each);
        Array.ForEach(threads, t => t.Join());
        for (int s = 0; s < Senders; s++)
        {
            string mark = $"{s}:";
            Assert.Equal(Enumerable.Range(0, Each).Select(i => Text(s, i)), texts.Where(t => t.StartsWith(mark, StringComparison.Ordinal)));
        }
    }

    private static string Text(int sender, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{sender}:{number:0000}");

    private static int Option(DatagramSocket socket, int level, int name)
    {
        using Socket view = new(new SafeSocketHandle(socket.Descriptor.Number, ownsHandle: false));
        byte[] value = new byte[4];
        view.GetRawSocketOption(level, name, value);
        return BitConverter.ToInt32(value);
    }

    // A batch that holds so many runs, of datagrams the socket has sent to itself.
    private static DatagramReceiveBatch AfterRuns(DatagramSocket socket, int runs)
    {
        DatagramReceiveBatch batch = new(2);
        for (int i = 0; i < runs; i++)
            Assert.Equal(DatagramOutcome.Sent, socket.TrySend(new DatagramPath(socket.LocalAddress), [(byte)i]));
        Assert.Equal(runs, socket.TryReceive(batch));
        return batch;
    }
}
