// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Tunbridge.Devices;
using Tunbridge.Testing;

namespace Tunbridge.Tests.Commands;

/// <summary>A program that reads a card while the file's other keys change; and changes that would take the card from it.</summary>
/// <remarks>
/// <code>
///   sender ── UDP 1, 2, 3 … to 10.7.0.2 ──▶ tap3 10.7.0.1/24 ──▶ reader
/// </code>
/// </remarks>
public sealed class AttachedReaderTests
{
    // So many packets may be under way: fewer than the card's ring holds, so that none is lost but by a change.
    private const int Window = 50;

    // Not txqueuelen: the kernel stops the card's queueing discipline for it, and drops what is sent in those milliseconds.
    private static readonly string[] s_changes =
    [
        "mtu: 1400", "promiscuous: true", "all-multicast: true", "multicast: false",
        "addresses: [10.7.0.1/24, 10.8.0.1/24, 'fd07::1/64']", "routes: [{to: 10.77.0.0/16}, {to: 10.78.0.0/16, via: 10.7.0.9}]",
        "rules: [{from: 10.7.0.0/24, table: 77, priority: 700}]", "sysctl: {rp-filter: 2, forwarding: true, proxy-arp: true}",
        "on-stop: remove", "on-drift: repair",
    ];

    private long _received;

    [Fact]
    public async Task Up_OtherKeysChange_NoPacketIsLost()
    {
        using TestNamespace space = new();
        using ConfigurationText file = new(Text(""));
        space.Must($"up -f {file.Path}");
        space.Ip("neigh add 10.7.0.2 lladdr 02:00:00:00:07:02 dev tap3 nud permanent");
        using TapDevice card = TapDevice.Attach("tap3", new() { Namespace = space.Namespace });
        using SemaphoreSlim window = new(Window);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using Socket socket = space.Run(Connect);
        TaskCompletionSource<long> last = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task reading = Task.Run(() => Read(card, window, last.Task, end.Token), TestContext.Current.CancellationToken);
        Task sending = Task.Run(() => SendAsync(socket, window, last, stop.Token), TestContext.Current.CancellationToken);

        string index = space.Link("tap3").GetProperty("ifindex").ToString();
        foreach (string change in s_changes)
        {
            file.Write(Text(change));
            space.Must($"reload -f {file.Path}");
            await FlowsOnAsync(change);
        }

        // Cards beside it come and go.
        file.Write(Text("") + "  tap4: {kind: tap, bridge: {name: brr, create: true}, addresses: [10.9.0.1/24]}\n  tun5: {kind: tun}\n");
        space.Must($"up -f {file.Path}");
        file.Write(Text(""));
        space.Must($"up -f {file.Path}");
        await FlowsOnAsync("other cards");

        await stop.CancelAsync();
        await sending;
        end.CancelAfter(Generous.Patience);
        await reading;
        Assert.Equal(index, space.Link("tap3").GetProperty("ifindex").ToString());

        // Every packet of a window that was under way, and one more, has come.
        async Task FlowsOnAsync(string change)
        {
            long mark = Interlocked.Read(ref _received);
            using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            patience.CancelAfter(Generous.Patience);
            while (Interlocked.Read(ref _received) <= mark + Window)
            {
                Assert.True(!reading.IsCompleted && !patience.IsCancellationRequested, $"{change}: packets are lost, {reading.Exception?.InnerException?.Message}");
                await Task.Delay(TimeSpan.FromMilliseconds(5), TestContext.Current.CancellationToken);
            }
        }
    }

    [Theory]
    [InlineData("kind: tun", "TUN", true)]
    [InlineData("multi-queue: true", "queue", true)]
    // The kernel lets nobody set the owner of a card with one queue while a program has that.
    [InlineData("owner: nobody", "attached", false)]
    public void Up_ChangeThatTheReaderWouldNotice_IsNamedAndNotDone(string change, string said, bool isRemake)
    {
        using TestNamespace space = new();
        // An address that is being tried out would change between two looks.
        space.Run(() => File.WriteAllText("/proc/sys/net/ipv6/conf/default/accept_dad", "0"));
        using ConfigurationText file = new("devices: {tap3: {kind: tap, mtu: 1400}}");
        space.Must($"up -f {file.Path}");
        using TapDevice card = TapDevice.Attach("tap3", new() { Namespace = space.Namespace });
        string before = space.Dump();
        file.Write($"devices: {{tap3: {{mtu: 1300, {(change.StartsWith("kind", StringComparison.Ordinal) ? "" : "kind: tap, ")}{change}}}}}");

        foreach (string command in (string[])["up", "reload", "try --timeout 1"])
        {
            CommandResult result = space.Tunbridge($"{command} -f {file.Path}");
            Assert.Equal(1, result.ExitCode);
            Assert.Contains("tap3", result.Error, StringComparison.Ordinal);
            Assert.Contains(said, result.Error, StringComparison.Ordinal);
            if (isRemake)
                Assert.Contains("whoever is attached loses it", result.Error, StringComparison.Ordinal);
            Assert.Equal(before, space.Dump());
        }
    }

    [Theory]
    [InlineData("y", true)]
    [InlineData("n", false)]
    [InlineData("", false)]
    public async Task Up_CardMustBeMadeAnew_AsksAtATerminal(string answer, bool isDone)
    {
        using TestNamespace space = new();
        using ConfigurationText file = new("devices: {vpn0: {kind: tap}}");
        space.Must($"up -f {file.Path}");
        file.Write("devices: {vpn0: {kind: tun}}");

        using Process terminal = TypedTerminal.Start(space, Tool.Path, "up", "-f", file.Path);
        System.Text.StringBuilder seen = new();
        char[] one = new char[1];
        while (!seen.ToString().EndsWith("[y/N] ", StringComparison.Ordinal) && await terminal.StandardOutput.ReadAsync(one, TestContext.Current.CancellationToken) == 1)
            seen.Append(one[0]);
        Assert.Contains("vpn0 must be deleted and made anew", seen.ToString(), StringComparison.Ordinal);
        Assert.Equal("tap", space.Link("vpn0").InfoData().GetProperty("type").GetString());
        await terminal.StandardInput.WriteAsync($"{answer}\n");
        await terminal.StandardInput.FlushAsync(TestContext.Current.CancellationToken);

        CommandResult result = await Tool.EndAsync(terminal);

        Assert.Equal(isDone ? 0 : 1, result.ExitCode);
        Assert.Equal(isDone ? "tun" : "tap", space.Link("vpn0").InfoData().GetProperty("type").GetString());
    }

    private static string Text(string more) =>
        $"devices:\n  tap3: {{kind: tap, {(more.StartsWith("addresses", StringComparison.Ordinal) ? more : $"addresses: [10.7.0.1/24], {more}")}}}\n";

    private static Socket Connect()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(IPAddress.Parse("10.7.0.2"), 9);
        return socket;
    }

    private static async Task SendAsync(Socket socket, SemaphoreSlim window, TaskCompletionSource<long> last, CancellationToken stop)
    {
        byte[] packet = new byte[8];
        long number = 0;
        try
        {
            while (true)
            {
                await window.WaitAsync(stop);
                BinaryPrimitives.WriteInt64BigEndian(packet, ++number);
                Assert.Equal(8, socket.Send(packet));
            }
        }
        catch (OperationCanceledException)
        {
            // One more, for a reader that waits.
            last.SetResult(++number);
            BinaryPrimitives.WriteInt64BigEndian(packet, number);
            Assert.Equal(8, socket.Send(packet));
        }
    }

    /// <summary>Reads every frame; the sender's must come one after the other.</summary>
    private void Read(TapDevice card, SemaphoreSlim window, Task<long> last, CancellationToken end)
    {
        byte[] frame = new byte[2000];
        long next = 1;
        while (!last.IsCompleted || next <= last.Result)
        {
            int length = card.Read(frame, out _, end);
            // Ethernet 14, IPv4 20, UDP 8; others are the kernel's own, such as multicast listener reports.
            if (length < 50 || frame[12] != 8 || frame[13] != 0 || frame[23] != 17 || BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(36)) != 9)
                continue;
            Assert.Equal(next++, BinaryPrimitives.ReadInt64BigEndian(frame.AsSpan(42)));
            Interlocked.Increment(ref _received);
            window.Release();
        }
    }
}
