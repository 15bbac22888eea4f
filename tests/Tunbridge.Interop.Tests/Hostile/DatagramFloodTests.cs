// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Tunbridge.Interop.Tests.Cases;
using Tunbridge.Interop.Tests.Peers;
using Tunbridge.Interop.Tests.Trouble;

namespace Tunbridge.Interop.Tests.Hostile;

/// <summary>Our server at work, while strangers send it what they can make, and what they have overheard, from their own addresses and its client's.</summary>
public sealed class DatagramFloodTests
{
    private const string StrangersAddress = "10.99.0.77";

    private static readonly int s_count = Long.IsOn ? 1_000_000 : 10_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("tls-crypt")]
    [InlineData("tls-auth-both-SHA256")]
    public async Task Server_FloodedFromTheClientsAddressAndOthers_AnswersNoneAndKeepsTheClient(string wrap)
    {
        using Scene scene = new("server");
        scene.Hosts.Client.Ip($"addr add {StrangersAddress}/24 dev v1");
        Write(scene, wrap, DatagramRelay.Port);
        await using DatagramRelay relay = new(scene.Hosts.Server, TwoHosts.Server4) { Seen = [] };
        await scene.StartAsync();
        await scene.Pings();
        using Socket stranger = Stranger(scene, StrangersAddress);
        List<byte[]> seen = relay.TakeSeen();
        // What was overheard has reached the server before a stranger repeats it.
        await scene.Pings();
        List<byte[]> data = seen.FindAll(d => IsData(d)), control = seen.FindAll(d => !IsData(d));
        // The reset of a client with the right key is due an answer; the rest is nobody's business.
        List<byte[]> secrets = control.FindAll(d => d[0] >> 3 is not (7 or 10));
        Assert.True(data.Count > 0 && secrets.Count > 3, $"{data.Count} data packets, {secrets.Count} of {control.Count} control packets");
        (long residentBefore, _) = Scene.Holds(scene.Server);
        int answersBefore = relay.ControlAnswers;

        Random random = new(20261122);
        for (int i = 0; i < s_count; i++)
        {
            byte[] datagram = (i % 4) switch
            {
                0 => data[random.Next(data.Count)],
                1 => secrets[random.Next(secrets.Count)],
                2 => Mutated(random, seen[random.Next(seen.Count)]),
                _ => Random(random),
            };
            await (random.Next(2) == 0 ? relay.InjectAsync(datagram) : stranger.SendAsync(datagram, Cancellation));
        }

        // Its answer comes after everything that was sent before has been looked at.
        await scene.Pings();
        (long resident, _) = Scene.Holds(scene.Server);
        Assert.Equal(0, stranger.Available);
        Assert.Equal(answersBefore, relay.ControlAnswers);
        Assert.Equal(0, scene.Server.Count("floated from"));
        Assert.InRange(resident - residentBefore, long.MinValue, 64 * 1024);
        Assert.Equal(1, scene.Client.Count("Initialization Sequence Completed"));
        scene.Server.Signal("USR2");
        await scene.Until(() => scene.Server.HasSaid("Dropped: "), "the count of what was dropped");
        Assert.Matches(@"Dropped: .*Replayed [1-9]", scene.Server.Log);
        Assert.InRange(scene.Server.Log.Count(c => c == '\n'), 1, 20_000);
        Results.Write($"{s_count} hostile datagrams, {wrap}: the server's memory {residentBefore} kB before, {resident} kB after; {scene.Server.Log[scene.Server.Log.LastIndexOf("Dropped", StringComparison.Ordinal)..].TrimEnd()}");
    }

    [Fact]
    public async Task Server_FloodedWithResetsOfClients_AnswersFewAndLetsAGoodClientIn()
    {
        using Scene scene = new("server");
        scene.Hosts.Client.Ip($"addr add {StrangersAddress}/24 dev v1");
        Write(scene, "tls-crypt", DatagramRelay.Port);
        await using DatagramRelay relay = new(scene.Hosts.Server, TwoHosts.Server4) { Seen = [] };
        await scene.StartAsync();
        byte[] reset = relay.TakeSeen()[0];
        Assert.Equal(7, reset[0] >> 3);
        scene.Client.Kill();
        using Socket stranger = Stranger(scene, StrangersAddress);
        int answers = 0, sent = 0;
        long began = Stopwatch.GetTimestamp();

        Task flood = Task.Run(
            async () =>
            {
                byte[] room = new byte[2048];
                // On until the good client is in, and for so many at least.
                while (sent < Math.Min(s_count, 100_000) || scene.Client.Count("Initialization Sequence Completed") < 1)
                {
                    await stranger.SendAsync(reset, Cancellation);
                    if (++sent % 16 == 0)
                        await Task.Delay(1, Cancellation);
                    for (; stranger.Available > 0; answers++)
                    {
                        int length = await stranger.ReceiveAsync(room, Cancellation);
                        Assert.InRange(length, 1, reset.Length + 12);
                    }
                }
            },
            Cancellation);
        scene.StartClient();
        await scene.ConnectedAgain(1);
        await flood;
        await scene.Pings();

        Results.Write($"{sent} resets of one stranger: {answers} answers");
        // 100 in ten seconds, as connect-freq-initial has it.
        Assert.InRange(answers, 1, 100 * (2 + (Stopwatch.GetElapsedTime(began).TotalSeconds / 10)));
    }

    private static void Write(Scene scene, string wrap, int remotePort) => CaseFiles.Write(
        scene.Hosts,
        new() { Protocol = "udp4", Wrap = wrap, Cipher = "AES-256-GCM", Layout = "subnet", Tls = "tls1.3", Login = "cert", Role = "server" },
        remotePort: remotePort);

    private static bool IsData(byte[] datagram) => datagram[0] >> 3 is 6 or 9;

    private static Socket Stranger(Scene scene, string address)
    {
        Socket socket = scene.Hosts.Client.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        socket.Connect(IPAddress.Parse(TwoHosts.Server4), 1194);
        return socket;
    }

    // A part of it is another's, or the head is.
    private static byte[] Mutated(Random random, byte[] source)
    {
        byte[] bytes = [.. source];
        for (int i = random.Next(1, 5); i > 0; i--)
            bytes[random.Next(bytes.Length)] ^= (byte)random.Next(1, 256);
        return random.Next(4) == 0 ? bytes[..random.Next(1, bytes.Length)] : bytes;
    }

    // Of every opcode and key id, often with a peer id that exists, and up to more than a path carries.
    private static byte[] Random(Random random)
    {
        byte[] bytes = new byte[random.Next(1, random.Next(20) == 0 ? 9000 : 300)];
        random.NextBytes(bytes);
        if (bytes.Length > 4 && bytes[0] >> 3 == 9)
            bytes.AsSpan(1, 3).Clear();
        return bytes;
    }
}
