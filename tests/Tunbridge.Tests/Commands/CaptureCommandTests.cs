// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Tunbridge.Devices;
using Tunbridge.Testing;

namespace Tunbridge.Tests.Commands;

/// <summary>capture: text and pcapng, ended by count, by signal, by the card's or the reader's end.</summary>
public sealed class CaptureCommandTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("tbcapture").FullName;

    private string File => Path.Combine(_directory, "out.pcapng");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("tap")]
    [InlineData("tun")]
    public async Task Capture_CountAsText_IsOneLineAPacket(string kind)
    {
        using TestNamespace space = new();
        using VirtualDevice card = Card(space, kind);
        using Process capture = space.StartTunbridge("capture card -c 5");
        CommandResult result = await Flood(space, capture, () => Tool.EndAsync(capture));
        Assert.True(result.ExitCode == 0, result.Error);
        string[] lines = result.Output.TrimEnd('\n').Split('\n');
        Assert.Equal(5, lines.Length);
        Assert.All(lines, l => Assert.Contains(" out ", l, StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains("10.0.0.2", StringComparison.Ordinal));
        Assert.Contains("5 packets captured", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tap", "INT")]
    [InlineData("tun", "TERM")]
    public async Task Capture_SignalledAmidAFlood_LeavesAWholeFile(string kind, string signal)
    {
        RealTool.Require("tcpdump");
        using TestNamespace space = new();
        using VirtualDevice card = Card(space, kind);
        using Process capture = space.StartTunbridge($"capture card -w {File}");
        CommandResult result = await Flood(space, capture, async () =>
        {
            await FileGrows(File, 4096);
            Tool.Signal(capture, signal);
            return await Tool.EndAsync(capture);
        });
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal("", result.Output);
        string[] read = ReadBack(File);
        Assert.Contains($"{read.Length} packets captured", result.Error, StringComparison.Ordinal);
        Assert.Contains(read, l => l.Contains("> 10.0.0.2.9", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Capture_ToStandardOutput_IsReadByTcpdump()
    {
        RealTool.Require("tcpdump", "sh");
        using TestNamespace space = new();
        using VirtualDevice card = Card(space, "tun");
        using Process shell = space.Start("/bin/sh", "-c", $"'{Tool.Path}' capture card -c 7 -w - | tcpdump -n -r - 2>/dev/null");
        CommandResult result = await Flood(space, shell, () => Tool.EndAsync(shell));
        Assert.Equal(7, result.Output.TrimEnd('\n').Split('\n').Length);
    }

    [Theory]
    [InlineData("capture card", "head -n 1")]
    [InlineData("capture card -w -", "head -c 200")]
    public async Task Capture_ReaderOfThePipeEnds_EndsToo(string line, string reader)
    {
        using TestNamespace space = new();
        using VirtualDevice card = Card(space, "tap");
        using Process shell = space.Start("/bin/sh", "-c", $"('{Tool.Path}' {line}; echo \"code $?\" >&2) | {reader} > /dev/null");
        CommandResult result = await Flood(space, shell, () => Tool.EndAsync(shell));
        Assert.Contains("code 0", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("tunbridge:", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Capture_CardThatIsDown_SaysSoAndWaits()
    {
        using TestNamespace space = new();
        space.Ip("tuntap add card mode tap");
        using Process capture = space.StartTunbridge($"capture card -w {File}");
        string? said = await capture.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.Contains("card is down", said, StringComparison.Ordinal);
        Tool.Signal(capture, "INT");
        CommandResult result = await Tool.EndAsync(capture);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("0 packets captured", result.Error, StringComparison.Ordinal);
        Assert.True(new FileInfo(File).Length > 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Capture_CardIsDeleted_Ends(bool up)
    {
        using TestNamespace space = new();
        space.Ip("tuntap add card mode tap");
        if (up)
            space.Ip("link set card up");
        using Process capture = space.StartTunbridge($"capture card -w {File}");
        await FileGrows(File, 1);
        space.Ip("link delete card");
        CommandResult result = await Tool.EndAsync(capture);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("card is gone", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Capture_UnknownCard_IsToldWithThoseThatAre()
    {
        using TestNamespace space = new();
        space.Ip("tuntap add tap3 mode tap");
        string error = space.Tunbridge("capture tap2").AssertOneLine(1);
        Assert.Contains("no card tap2", error, StringComparison.Ordinal);
        Assert.Contains("tap3", error, StringComparison.Ordinal);
    }

    private static VirtualDevice Card(TestNamespace space, string kind)
    {
        DeviceOptions options = new() { Name = "card", Namespace = space.Namespace, Persistent = false };
        VirtualDevice card = kind == "tap" ? TapDevice.Create(options) : TunDevice.Create(options);
        space.Ip("addr add 10.0.0.1/24 dev card");
        space.Ip("link set card up");
        if (kind == "tap")
            space.Ip("neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev card");
        return card;
    }

    // Packets without end until the program has done what it is to do.
    private static async Task<CommandResult> Flood(TestNamespace space, Process program, Func<Task<CommandResult>> until)
    {
        using Socket socket = space.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        using CancellationTokenSource stop = new();
        IPEndPoint target = new(IPAddress.Parse("10.0.0.2"), 9);
        Task flood = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested && !program.HasExited)
                socket.SendTo(new byte[20], target);
        });
        CommandResult result = await until();
        await stop.CancelAsync();
        await flood;
        return result;
    }

    private static async Task FileGrows(string file, long size)
    {
        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(Generous.Patience);
        while (!System.IO.File.Exists(file) || new FileInfo(file).Length < size)
            await Task.Delay(10, timeout.Token);
    }

    private static string[] ReadBack(string file)
    {
        CommandResult read = CommandResult.Of("tcpdump", "-n", "-r", file);
        Assert.True(read.ExitCode == 0, read.Error);
        Assert.DoesNotContain("truncated", read.Error, StringComparison.Ordinal);
        return read.Output.TrimEnd('\n').Split('\n');
    }
}
