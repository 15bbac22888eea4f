// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Tunbridge.Testing;

namespace Tunbridge.Samples.Tests;

/// <summary>Each sample as its first comment says to try it: for real, against the kernel.</summary>
public sealed class SampleTests : IDisposable
{
    private readonly TestNamespace _ns = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _ns.Dispose();

    [Theory]
    [InlineData("-4", "10.9.0.77")]
    [InlineData("-6", "fd00:9::77")]
    public async Task PingResponder_PingedByTheKernel_AnswersEveryOne(string family, string address)
    {
        RealTool.Require("ping");
        using RunningProgram sample = RunningProgram.Sample(_ns, "PingResponder");
        await sample.WaitForLineAsync("tun0 is up");

        Ping(_ns, family, address);

        CommandResult end = await sample.InterruptAsync();
        Assert.Equal((0, "3 pings answered\n"), (end.ExitCode, end.Output));
    }

    [Fact]
    public async Task PacketCounter_FiveDatagramsSent_CountsThemAndTheirBytes()
    {
        using RunningProgram sample = RunningProgram.Sample(_ns, "PacketCounter");
        await sample.WaitForLineAsync("tun0 is up");

        SendDatagrams(Enumerable.Repeat(9, 5));
        await WaitUntilReadAsync("tun0", 5);

        CommandResult end = await sample.InterruptAsync();
        Assert.Equal(0, end.ExitCode);
        // 20 of IPv4, 8 of UDP and 5 of "hello" each.
        Assert.Contains("IPv4 Udp              5 packets        165 bytes\n", end.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MultiQueueReader_ManyFlows_EachPacketIsCountedOnceOnSeveralQueues()
    {
        const int Flows = 64;
        using RunningProgram sample = RunningProgram.Sample(_ns, "MultiQueueReader");
        await sample.WaitForLineAsync("up with 4 queues");
        _ns.Ip("link set tun0 addrgenmode none");

        SendDatagrams(Enumerable.Range(1000, Flows));
        await WaitUntilReadAsync("tun0", Flows);

        CommandResult end = await sample.InterruptAsync();
        Assert.Equal(0, end.ExitCode);
        string[] lines = end.Output.TrimEnd('\n').Split('\n');
        int[] counts = [.. lines.Select(l => int.Parse(l.Split(' ')[^2], CultureInfo.InvariantCulture))];
        Assert.Equal(5, counts.Length);
        Assert.Equal(counts[^1], counts[..^1].Sum());
        Assert.InRange(counts[^1], Flows, Flows + 20); // the kernel greets routers of its own accord
        Assert.True(counts[..^1].Count(c => c > 0) > 1, end.Output);
    }

    [Fact]
    public async Task Capture_PingsPassed_TcpdumpReadsThemBothWays()
    {
        RealTool.Require("ping", "tcpdump");
        using TemporaryFolder folder = new("samples", isForAll: true);
        string file = folder.At("tap0.pcapng");
        using RunningProgram sample = RunningProgram.Sample(_ns, "Capture", file);
        await sample.WaitForLineAsync("tap0 is up");

        Ping(_ns, "-4", "192.168.0.2");

        CommandResult end = await sample.InterruptAsync();
        Assert.Equal(0, end.ExitCode);
        CommandResult dump = CommandResult.Of("tcpdump", "-n", "-r", file);
        Assert.Equal(0, dump.ExitCode);
        string[] lines = dump.Output.TrimEnd('\n').Split('\n');
        Assert.Equal($"{lines.Length} frames written to {file}\n", end.Output);
        Assert.Equal(3, lines.Count(l => l.Contains("192.168.0.1 > 192.168.0.2: ICMP echo request", StringComparison.Ordinal)));
        Assert.Equal(3, lines.Count(l => l.Contains("192.168.0.2 > 192.168.0.1: ICMP echo reply", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task TwoPortHub_BetweenTwoNamespaces_CarriesPingsAndALongTcpStream()
    {
        RealTool.Require("ping");
        using TestNamespace right = new();
        using RunningProgram sample = RunningProgram.Sample(_ns, "TwoPortHub", PathOf(_ns), PathOf(right));
        await sample.WaitForLineAsync("are joined");
        _ns.Ip("addr add 10.9.0.1/24 dev hub0");
        right.Ip("addr add 10.9.0.2/24 dev hub0");

        Ping(_ns, "-4", "10.9.0.2");
        Ping(right, "-4", "10.9.0.1");
        byte[] sent = new byte[4 << 20];
        new Random(1).NextBytes(sent);
        Assert.Equal(sent, await TransferAsync(_ns, right, "10.9.0.2", sent));

        CommandResult end = await sample.InterruptAsync();
        Assert.Equal((0, ""), (end.ExitCode, end.Error));
    }

    [Theory]
    [InlineData("TwoPortHub")]
    [InlineData("Capture")]
    [InlineData("AttachWithoutPrivilege")]
    public async Task Sample_WithoutItsArguments_SaysWhatItNeeds(string sample)
    {
        using RunningProgram program = RunningProgram.Sample(_ns, sample);
        CommandResult end = await program.WaitForEndAsync();
        Assert.Equal(2, end.ExitCode);
        Assert.StartsWith($"usage: {sample} ", end.Error, StringComparison.Ordinal);
    }

    private static void Ping(TestNamespace ns, string family, string address)
    {
        CommandResult ping = ns.Exec("ping", family, "-n", "-c", "3", "-i", "0.2", "-W", "20", address);
        Assert.True(ping.ExitCode == 0, ping.Output + ping.Error);
        Assert.Contains(" 3 received, 0% packet loss", ping.Output, StringComparison.Ordinal);
    }

    // A namespace that has no name, for another program: a path to the descriptor of this one.
    private static string PathOf(TestNamespace ns) => string.Create(
        CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{ns.Namespace.Descriptor.Number}");

    private static async Task<byte[]> TransferAsync(TestNamespace from, TestNamespace to, string address, byte[] bytes)
    {
        IPEndPoint end = new(IPAddress.Parse(address), 4000);
        using Socket listener = Socket(to, SocketType.Stream);
        listener.Bind(end);
        listener.Listen();
        using Socket client = Socket(from, SocketType.Stream);
        await client.ConnectAsync(end, Token);
        using Socket server = await listener.AcceptAsync(Token);
        Task sending = SendAsync();
        using MemoryStream received = new();
        await using (NetworkStream stream = new(server))
            await stream.CopyToAsync(received, Token);
        await sending;
        return received.ToArray();

        async Task SendAsync()
        {
            await using NetworkStream stream = new(client);
            await stream.WriteAsync(bytes, Token);
            client.Shutdown(SocketShutdown.Send);
        }
    }

    private static Socket Socket(TestNamespace ns, SocketType type) => ns.Run(() => new Socket(
        AddressFamily.InterNetwork, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp));

    private void SendDatagrams(IEnumerable<int> ports)
    {
        using Socket socket = Socket(_ns, SocketType.Dgram);
        foreach (int port in ports)
            socket.SendTo("hello"u8, new IPEndPoint(IPAddress.Parse("10.9.0.2"), port));
    }

    // The card counts a packet as sent when its reader has taken it.
    private async Task WaitUntilReadAsync(string card, int packets)
    {
        while (true)
        {
            using JsonDocument json = JsonDocument.Parse(_ns.Ip($"-j -s link show dev {card}"));
            JsonElement statistics = json.RootElement[0].GetProperty("stats64");
            if (statistics.GetProperty("tx").GetProperty("packets").GetInt64() >= packets)
                return;
            await Task.Delay(50, Token);
        }
    }
}
