// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Tunbridge.Packets;
using Tunbridge.Testing;

namespace Tunbridge.Devices.Tests;

/// <summary>Real TCP and UDP of the kernel through two cards that are joined by this library.</summary>
/// <remarks>
/// <code>
/// namespace A                                     namespace B
/// 10.7.0.1  tunA ──read batch──▶ write batch── tunB  10.7.0.2
///                ◀─write batch── read batch ──
/// </code>
/// </remarks>
public sealed class SuperpacketTests : DeviceTest
{
    private const int Port = 5001;

    private readonly TestNamespace _other = new();
    private long _superpackets, _largest, _unfinished;

    [Theory]
    [InlineData(10)]
    [InlineData(12)]
    public async Task Tcp_ThroughTwoCards_CrossesInWholeSuperpackets(int headerSize)
    {
        using TunDevice a = Join(Ns, "10.7.0.1", headerSize), b = Join(_other, "10.7.0.2", headerSize);
        Task[] forwarders = [Task.Run(() => Forward(a, b), Token), Task.Run(() => Forward(b, a), Token)];
        byte[] data = new byte[20_000_000];
        new Random(1).NextBytes(data);
        using TcpListener listener = _other.Run(() =>
        {
            TcpListener l = new(IPAddress.Parse("10.7.0.2"), Port);
            l.Start();
            return l;
        });
        using Socket client = Ns.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        await client.ConnectAsync(IPAddress.Parse("10.7.0.2"), Port, Token);
        using Socket server = await listener.AcceptSocketAsync(Token);
        Task<byte[]> received = ReceiveAll(server, data.Length);
        for (int sent = 0; sent < data.Length;)
            sent += await client.SendAsync(data.AsMemory(sent), Token);
        Assert.Equal(SHA256.HashData(data), SHA256.HashData(await received));
        a.Dispose();
        b.Dispose();
        await Task.WhenAll(forwarders);
        Assert.True(_superpackets > 100, $"only {_superpackets} superpackets");
        Assert.True(_largest > 20_000, $"the largest had {_largest} bytes");
        Assert.True(_unfinished > 0, "no packet had its checksum left to us");
        Assert.Equal((0L, 0L), (a.Refusals.Total, b.Refusals.Total));
        _other.Dispose();
    }

    [Fact]
    public void WithoutOffload_ReaderGetsOrdinaryPackets()
    {
        using TunDevice tun = UpTun(new() { VirtioHeader = true });
        Send(1);
        PacketBatch batch = new();
        Assert.Equal(1, tun.Read(batch, Token));
        Assert.Equal(default, batch[0].Gso);
    }

    private static TunDevice Join(TestNamespace ns, string address, int headerSize)
    {
        TunDevice tun = TunDevice.Create(new()
        {
            Name = "t0",
            Namespace = ns.Namespace,
            Offload = Offload.All,
            VirtioHeaderSize = headerSize,
            TransmitQueueLength = 1000,
        });
        ns.Ip($"addr add {address}/24 dev t0");
        ns.Ip("link set t0 up");
        return tun;
    }

    private void Forward(TunDevice from, TunDevice to)
    {
        PacketBatch batch = new();
        try
        {
            while (true)
            {
                batch.Clear();
                from.Read(batch, CancellationToken.None);
                foreach (ref readonly Packet packet in batch)
                    Count(packet);
                to.Write(batch);
            }
        }
        catch (ObjectDisposedException)
        {
            return; // the end of the test
        }
    }

    private void Count(in Packet packet)
    {
        if (packet.Gso.NeedsChecksum)
            Interlocked.Increment(ref _unfinished);
        if (!packet.Gso.IsSuperpacket)
            return;
        Assert.Equal(GsoKind.TcpV4, packet.Gso.Kind);
        Assert.True(packet.Gso.SegmentSize is > 0 and <= 1460);
        Interlocked.Increment(ref _superpackets);
        _largest = Math.Max(_largest, packet.Length);
    }

    private static async Task<byte[]> ReceiveAll(Socket socket, int length)
    {
        byte[] data = new byte[length];
        for (int received = 0; received < length;)
        {
            int count = await socket.ReceiveAsync(data.AsMemory(received), Token);
            Assert.NotEqual(0, count);
            received += count;
        }

        return data;
    }
}
