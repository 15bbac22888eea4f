// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.Testing;

namespace Tunbridge.Linux.Tests.Streams;

public sealed class StreamSocketTests
{
    private static readonly int s_patience = (int)Generous.Patience.TotalMilliseconds;

    [Theory]
    [InlineData("127.0.0.1", false, "127.0.0.1")]
    [InlineData("::1", false, "::1")]
    [InlineData("::", true, "127.0.0.1")]
    public void Connection_OfEachFamily_CarriesBytesAndSaysItsEnd(string local, bool isDual, string remote)
    {
        using StreamSocket listener = StreamSocket.Listen(new() { Local = new(IPAddress.Parse(local)), IsDualStack = isDual });
        Assert.Equal(Errno.EAGAIN, listener.TryAccept(out _));
        using StreamPoller poller = new();
        poller.Add(listener.Descriptor, 1, reads: true, writes: false);
        DatagramAddress server = new(IPAddress.Parse(remote), listener.LocalAddress.Port);
        using StreamSocket client = StreamSocket.Connect(new() { Remote = server, NoDelay = true, SendBufferSize = 8192, ReceiveBufferSize = 8192 });
        Assert.Equal(1, poller.Wait(s_patience));
        Assert.Equal(1, poller.Get(0, out bool canRead, out bool canWrite));
        Assert.True(canRead && !canWrite);
        Assert.Equal(Errno.None, listener.TryAccept(out StreamSocket? accepted));
        using StreamSocket own = accepted!;
        Assert.Equal(client.LocalAddress, own.RemoteAddress);
        Assert.Equal(server, own.LocalAddress);
        Assert.Equal(server, client.RemoteAddress);

        poller.Add(client.Descriptor, 2, reads: false, writes: true);
        Assert.Equal(2, Next(poller, out _, out canWrite));
        Assert.True(canWrite);
        Assert.Equal(Errno.None, client.FinishConnect());
        poller.Change(client.Descriptor, 2, reads: true, writes: false);
        Assert.Equal(0, poller.Wait(0));
        byte[] room = new byte[100];
        Assert.Equal(Errno.EAGAIN, client.TryReceive(room, out _));
        Assert.Equal(Errno.None, own.TrySend([1, 2, 3], out int sent));
        Assert.Equal(3, sent);
        Assert.Equal(2, Next(poller, out canRead, out _));
        Assert.True(canRead);
        Assert.Equal(Errno.None, client.TryReceive(room, out int count));
        Assert.Equal([1, 2, 3], room[..count]);

        own.Shutdown();
        own.Shutdown();
        Assert.Equal(2, Next(poller, out _, out _));
        Assert.Equal(Errno.None, client.TryReceive(room, out count));
        Assert.Equal(0, count);
        Assert.Equal(Errno.EPIPE, own.TrySend([1], out _));
    }

    [Fact]
    public void Send_WithoutRoom_SaysSoAndThePollerWhenThereIs()
    {
        using StreamSocket listener = StreamSocket.Listen(new() { Local = new(IPAddress.Loopback) });
        using StreamSocket client = StreamSocket.Connect(new() { Remote = new(IPAddress.Loopback, listener.LocalAddress.Port) });
        using StreamPoller poller = new();
        poller.Add(listener.Descriptor, 1, reads: true, writes: false);
        Assert.Equal(1, poller.Wait(s_patience));
        Assert.Equal(Errno.None, listener.TryAccept(out StreamSocket? accepted));
        using StreamSocket own = accepted!;
        byte[] bytes = new byte[65536];
        long sent = 0;
        int count;
        while (own.TrySend(bytes, out count) == Errno.None)
            sent += count;
        Assert.Equal(Errno.EAGAIN, own.TrySend(bytes, out _));
        poller.Add(own.Descriptor, 3, reads: false, writes: true);
        for (long got = 0; got < sent; got += count)
            Assert.True(client.TryReceive(bytes, out count) == Errno.None || poller.Wait(1) >= 0);
        Assert.Equal(3, Next(poller, out _, out bool canWrite));
        Assert.True(canWrite);
    }

    [Fact]
    public void Connect_WhereNobodyListens_IsRefusedLater()
    {
        using StreamSocket listener = StreamSocket.Listen(new() { Local = new(IPAddress.Loopback) });
        DatagramAddress address = new(IPAddress.Loopback, listener.LocalAddress.Port);
        Assert.Equal(Errno.EADDRINUSE, Assert.Throws<LinuxException>(() => StreamSocket.Listen(new() { Local = address })).Errno);
        listener.Dispose();
        using StreamSocket client = StreamSocket.Connect(new() { Remote = address });
        using StreamPoller poller = new();
        poller.Add(client.Descriptor, 9, reads: true, writes: true);
        Assert.Equal(9, Next(poller, out bool canRead, out bool canWrite));
        Assert.True(canRead && canWrite);
        Assert.Equal(Errno.ECONNREFUSED, client.FinishConnect());
    }

    [Fact]
    public void Open_WithMistakes_IsTheCallersFault()
    {
        Assert.Throws<ArgumentException>(() => StreamSocket.Listen(new()));
        Assert.Throws<ArgumentException>(() => StreamSocket.Connect(new() { Local = new(IPAddress.Loopback) }));
        Assert.Throws<ArgumentException>(() => StreamSocket.Connect(new() { Remote = new(IPAddress.Loopback) }));
        Assert.Throws<LinuxException>(() => StreamSocket.Listen(new() { Local = new(IPAddress.Loopback), BoundDevice = "nocard0" }));
        Assert.Throws<ArgumentOutOfRangeException>(() =>
        {
            using StreamPoller poller = new();
            poller.Get(0, out _, out _);
        });
    }

    private static long Next(StreamPoller poller, out bool canRead, out bool canWrite)
    {
        Assert.True(poller.Wait(s_patience) >= 1);
        return poller.Get(0, out canRead, out canWrite);
    }
}
