// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Tunbridge.Interop.Tests.Cases;
using Tunbridge.Interop.Tests.Peers;
using Tunbridge.Interop.Tests.Trouble;
using Tunbridge.OpenVpn.Control;

namespace Tunbridge.Interop.Tests.Hostile;

/// <summary>Our server over TCP: lengths that cannot be, first packets that end after each byte, and bytes of any kind.</summary>
public sealed class StreamFloodTests
{
    private static readonly int s_count = Long.IsOn ? 10_000 : 300;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Server_WithStreamsOfStrangers_EndsThemAndKeepsAndTakesGoodClients()
    {
        using Scene scene = new("server");
        scene.Hosts.Client.Ip("addr add 10.99.0.77/24 dev v1");
        CaseFiles.Write(
            scene.Hosts,
            new() { Protocol = "tcp4", Wrap = "none", Cipher = "AES-256-GCM", Layout = "subnet", Tls = "tls1.3", Login = "cert", Role = "server" });
        await scene.StartAsync();
        await scene.Pings();
        (long residentBefore, int descriptorsBefore) = Scene.Holds(scene.Server);
        byte[] first = FirstPacket();
        Random random = new(20261122);

        for (int i = 0; i < s_count; i++)
        {
            byte[] bytes = (i % 4) switch
            {
                0 => [0xff, 0xff, .. Bytes(random, 200)],
                1 => [0, 0],
                2 => first[..((i / 4) % first.Length)],
                _ => Bytes(random, random.Next(1, 3000)),
            };
            int answered = await VisitAsync(scene, bytes, isCut: i % 4 >= 2).WaitAsync(Patience.Long, Cancellation);
            // Only a whole first packet is due an answer.
            Assert.True(answered == 0, $"visit {i}: {answered} bytes for {Convert.ToHexString(bytes.AsSpan(0, Math.Min(bytes.Length, 40)))}");
        }

        await scene.Pings();
        Assert.Equal(1, scene.Client.Count("Initialization Sequence Completed"));
        await scene.Until(() => Scene.Holds(scene.Server).Descriptors <= descriptorsBefore + 4, "the end of all connections");
        (long resident, _) = Scene.Holds(scene.Server);
        Results.Write($"{s_count} hostile streams: the server's memory {residentBefore} kB before, {resident} kB after");
        Assert.InRange(resident - residentBefore, long.MinValue, 64 * 1024);

        scene.Client.Kill();
        scene.StartClient();
        await scene.ConnectedAgain(1);
        await scene.Pings();
    }

    // Gives how many bytes were answered.
    private static async Task<int> VisitAsync(Scene scene, byte[] bytes, bool isCut)
    {
        using Socket socket = scene.Hosts.Client.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        socket.Bind(new IPEndPoint(IPAddress.Parse("10.99.0.77"), 0));
        int count = 0;
        try
        {
            await socket.ConnectAsync(IPAddress.Parse(TwoHosts.Server4), 1194, Cancellation);
            if (bytes.Length > 0)
                await socket.SendAsync(bytes, Cancellation);
            if (isCut)
                socket.Shutdown(SocketShutdown.Send);
            // To the end of the connection, which is the server's doing.
            byte[] room = new byte[4096];
            while (await socket.ReceiveAsync(room, Cancellation) is var length and > 0)
                count += length;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown or SocketError.NotConnected)
        {
            // Ended before all was read.
            return count;
        }

        return count;
    }

    private static byte[] FirstPacket()
    {
        using Stranger stranger = new();
        using Session session = stranger.Begin(new() { IsTcp = true });
        byte[] room = new byte[2048];
        Assert.True(session.TryPollTransmit(DateTimeOffset.UtcNow, room, out int length));
        return [(byte)(length >> 8), (byte)length, .. room.AsSpan(0, length)];
    }

    private static byte[] Bytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
