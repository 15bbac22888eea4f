// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text.Json;
using Tunbridge.Devices;
using Tunbridge.Testing;

namespace Tunbridge.Tests.Commands;

/// <summary>join: two cards across two namespaces, its words and its refusals.</summary>
public sealed class JoinCommandTests : IDisposable
{
    private readonly TestNamespace _here = new();
    private readonly TestNamespace _there = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // The namespace as a path, which has slashes itself.
    private string There => $"/proc/{Environment.ProcessId}/fd/{_there.Namespace.Descriptor.Number}";

    public void Dispose()
    {
        _here.Dispose();
        _there.Dispose();
    }

    [Theory]
    [InlineData("tun", "INT")]
    [InlineData("tap", "TERM")]
    public async Task Join_Pings_PassUntilTheSignalAndAreCounted(string kind, string signal)
    {
        RealTool.Require("ping");
        Add(_here, "ja", kind, 1);
        Add(_there, "jb", kind, 2);
        using Process join = await StartAsync($"join ja {There}/jb");
        Assert.Equal(0, _here.Exec("ping", "-c", "3", "-i", "0.1", "-W", "20", "10.6.0.2").ExitCode);
        Tool.Signal(join, signal);
        CommandResult result = await Tool.EndAsync(join);
        Assert.True(result.ExitCode == 0, result.Error);
        string[] lines = result.Output.TrimEnd('\n').Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.Matches("^FROM +TO +PACKETS +BYTES +DROPPED$", lines[0]);
        Assert.Matches($"^ja +{There}/jb +[1-9][0-9]* +[1-9][0-9]* +0$", lines[1]);
        Assert.Matches($"^{There}/jb +ja +[1-9][0-9]* +[1-9][0-9]* +0$", lines[2]);
        // The cards are as they were.
        Assert.True(_here.HasLink("ja"));
        Assert.True(_there.HasLink("jb"));
    }

    [Fact]
    public async Task Join_Json_IsOneDocumentAtTheEnd()
    {
        RealTool.Require("ping");
        Add(_here, "ja", "tun", 1);
        Add(_there, "jb", "tun", 2);
        using Process join = await StartAsync($"join ja {There}/jb --json");
        Assert.Equal(0, _here.Exec("ping", "-c", "1", "-W", "20", "10.6.0.2").ExitCode);
        _there.Ip("link set jb down");
        _here.Exec("ping", "-c", "1", "-W", "1", "10.6.0.2");
        Tool.Signal(join, "INT");
        JsonElement document = (await Tool.EndAsync(join)).Json();
        Assert.True(document.GetProperty("final").GetBoolean());
        Assert.True(document.GetProperty("seconds").GetDouble() > 0);
        JsonElement forth = document.GetProperty("directions")[0];
        Assert.Equal(("ja", $"{There}/jb"), (forth.GetProperty("from").GetString(), forth.GetProperty("to").GetString()));
        Assert.True(forth.GetProperty("packets").GetInt64() >= 1);
        Assert.True(forth.GetProperty("dropped").GetProperty("linkDown").GetInt64() >= 1);
        Assert.False(document.TryGetProperty("capture", out _));
    }

    [Fact]
    public async Task Join_JsonWithInterval_IsADocumentALine()
    {
        Add(_here, "ja", "tun", 1);
        Add(_there, "jb", "tun", 2);
        using Process join = await StartAsync($"join ja {There}/jb --json --interval 0.05");
        for (int i = 0; i < 3; i++)
        {
            string line = (await join.StandardOutput.ReadLineAsync(Token))!;
            JsonElement document = JsonDocument.Parse(line).RootElement;
            Assert.Equal((1, false), (document.GetProperty("schemaVersion").GetInt32(), document.GetProperty("final").GetBoolean()));
        }

        Tool.Signal(join, "TERM");
        CommandResult result = await Tool.EndAsync(join);
        Assert.Equal(0, result.ExitCode);
        Assert.True(JsonDocument.Parse(result.Output.TrimEnd('\n').Split('\n')[^1]).RootElement.GetProperty("final").GetBoolean());
    }

    [Fact]
    public async Task Join_IntervalAsText_IsALineEach()
    {
        Add(_here, "ja", "tap", 1);
        Add(_there, "jb", "tap", 2);
        using Process join = await StartAsync($"join ja {There}/jb --interval 0.05");
        string? line = await join.StandardOutput.ReadLineAsync(Token);
        Assert.Matches(@"^\d\d:\d\d:\d\d  ja > \S+ [0-9.]+ Mbit/s \d+ packets/s 0 dropped  \S+ > ja [0-9.]+ Mbit/s", line);
        Tool.Signal(join, "INT");
        Assert.Equal(0, (await Tool.EndAsync(join)).ExitCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" --json")]
    public async Task Join_ReaderGone_EndsQuietly(string json)
    {
        Add(_here, "ja", "tap", 1);
        Add(_there, "jb", "tap", 2);
        using Process join = await StartAsync($"join ja {There}/jb --interval 0.05{json}");
        Assert.NotNull(await join.StandardOutput.ReadLineAsync(Token));

        join.StandardOutput.Close();

        string error = await join.StandardError.ReadToEndAsync(Token);
        await join.WaitForExitAsync(Token);
        Assert.Equal((0, ""), (join.ExitCode, error));
    }

    [Fact]
    public async Task Join_CaptureThatFails_IsToldAtOnceAndTheTrafficGoesOn()
    {
        RealTool.Require("ping");
        Add(_here, "ja", "tun", 1);
        Add(_there, "jb", "tun", 2);
        // Every write to a pipe whose reader is gone fails; a full disk would have to be filled.
        using TemporaryFolder folder = new("join");
        string pipe = folder.At("pipe");
        Assert.Equal(0, CommandResult.Of("mkfifo", pipe).ExitCode);
        using Process reader = CommandResult.Start("sh", "-c", $"exec 3< {pipe}; read end");
        using Process join = await StartAsync($"join ja {There}/jb --json --capture {pipe}");
        reader.StandardInput.Close();
        await reader.WaitForExitAsync(Token);

        Assert.Equal(0, _here.Exec("ping", "-c", "1", "-W", "20", "10.6.0.2").ExitCode);

        Assert.Contains($"{pipe} ends early: ", await join.StandardError.ReadLineAsync(Token), StringComparison.Ordinal);
        Assert.Equal(0, _here.Exec("ping", "-c", "1", "-W", "20", "10.6.0.2").ExitCode);
        Tool.Signal(join, "INT");
        CommandResult result = await Tool.EndAsync(join);
        Assert.Equal(0, result.ExitCode);
        Assert.NotNull(result.Json().GetProperty("capture").GetProperty("error").GetString());
        Assert.DoesNotContain("ends early", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Join_Capture_IsReadByTcpdump()
    {
        RealTool.Require("ping", "tcpdump");
        using TemporaryFolder folder = new("join");
        string file = folder.At("both.pcapng");
        Add(_here, "ja", "tun", 1);
        Add(_there, "jb", "tun", 2);
        using Process join = await StartAsync($"join ja {There}/jb --capture {file} --json");
        Assert.Equal(0, _here.Exec("ping", "-c", "2", "-i", "0.1", "-W", "20", "10.6.0.2").ExitCode);
        Tool.Signal(join, "INT");
        CommandResult result = await Tool.EndAsync(join);
        JsonElement capture = result.Json().GetProperty("capture");
        CommandResult read = CommandResult.Of("tcpdump", "-n", "-r", file);
        Assert.Equal(capture.GetProperty("packets").GetInt64(), read.Output.Count(c => c == '\n'));
        Assert.Contains("10.6.0.1 > 10.6.0.2: ICMP echo request", read.Output, StringComparison.Ordinal);
        Assert.Contains("10.6.0.2 > 10.6.0.1: ICMP echo reply", read.Output, StringComparison.Ordinal);
        Assert.Contains("packets captured, 0 lost", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Join_CardDeletedAndMadeAgain_SaysSoAndGoesOn()
    {
        RealTool.Require("ping");
        Add(_here, "ja", "tun", 1);
        Add(_there, "jb", "tun", 2);
        using Process join = await StartAsync($"join ja {There}/jb");
        _there.Ip("link delete jb");
        Assert.Contains("/jb is not there: it was deleted; waiting", await join.StandardError.ReadLineAsync(Token), StringComparison.Ordinal);
        Add(_there, "jb", "tun", 2);
        string? said;
        do
        {
            said = await join.StandardError.ReadLineAsync(Token);
            Assert.NotNull(said);
        }
        while (!said.EndsWith("/jb is back", StringComparison.Ordinal));
        Assert.Equal(0, _here.Exec("ping", "-c", "1", "-W", "20", "10.6.0.2").ExitCode);
        Tool.Signal(join, "INT");
        Assert.Equal(0, (await Tool.EndAsync(join)).ExitCode);
    }

    [Fact]
    public async Task Join_OffloadOffAndQueues_AreTaken()
    {
        RealTool.Require("ping");
        foreach ((TestNamespace space, string name, int host) in ((TestNamespace, string, int)[])[(_here, "ja", 1), (_there, "jb", 2)])
        {
            space.Ip($"tuntap add {name} mode tap multi_queue");
            space.Ip($"addr add 10.6.0.{host}/24 dev {name}");
            space.Ip($"link set {name} up");
        }

        using Process join = await StartAsync($"join ja {There}/jb --queues 3 --offload off");
        Assert.Equal(3, _here.Link("ja").InfoData().GetProperty("numqueues").GetInt32());
        Assert.False(_here.Link("ja").InfoData().GetProperty("vnet_hdr").GetBoolean());
        Assert.Equal(0, _here.Exec("ping", "-c", "1", "-W", "20", "10.6.0.2").ExitCode);
        Tool.Signal(join, "INT");
        Assert.Equal(0, (await Tool.EndAsync(join)).ExitCode);
    }

    [Fact]
    public async Task Join_CardThatIsDown_SaysSo()
    {
        Add(_here, "ja", "tap", 1);
        _there.Ip("tuntap add jb mode tap");
        using Process join = _here.StartTunbridge($"join ja {There}/jb");
        Assert.Contains("/jb is down: nothing passes", await join.StandardError.ReadLineAsync(Token), StringComparison.Ordinal);
        Assert.Contains("are joined", await join.StandardError.ReadLineAsync(Token), StringComparison.Ordinal);
        Tool.Signal(join, "INT");
        Assert.Equal(0, (await Tool.EndAsync(join)).ExitCode);
    }

    [Fact]
    public void Join_Refusals_SayWhatIsWrong()
    {
        _here.Ip("tuntap add tap0 mode tap");
        _here.Ip("tuntap add tap1 mode tap");
        _here.Ip("tuntap add tun0 mode tun");
        _here.Ip("link add d0 type veth peer name d1");
        Refused(1, "join tap0 tap9", "no card tap9");
        Refused(1, $"join tap0 {There}/tap9", "no card tap9");
        Refused(1, "join tap0 no-such-namespace/tap1", "no-such-namespace");
        Refused(1, "join tap0 tun0", "tap0 is a tap and tun0 a tun");
        Refused(1, "join tap0 d0", "no TUN or TAP");
        Refused(1, "join tap0 tap1 --queues 2", "single queue");
        Refused(2, "join tap0 tap0", "one card");
        Refused(2, $"join tap0 /proc/thread-self/ns/net/tap0", "one card");
        Refused(2, "join tap0", "needs B");
        Refused(2, "join tap0 /tap1", "names no namespace");
        Refused(2, "join tap0 tap1 --queues 0", "1 to 256");
        Refused(2, "join tap0 tap1 --interval x", "0.01 to 86400");
        Refused(2, "join tap0 tap1 --offload maybe", "maybe");
        using TapDevice held = TapDevice.Attach("tap1", new() { Namespace = _here.Namespace });
        Assert.EndsWith(": stop it first", _here.Tunbridge("join tap0 tap1").AssertOneLine(1), StringComparison.Ordinal);
        Refused(1, "join tap0 tap1", $"held by process {Environment.ProcessId}");
        using TapDevice shared = TapDevice.Create(new() { Name = "tap2", MultiQueue = true, Namespace = _here.Namespace });
        Refused(1, "join tap0 tap2", $"held by process {Environment.ProcessId}");
    }

    [Fact]
    public void Join_NotPermitted_Is4()
    {
        RealTool.Require("setpriv");
        RealRoot.Require();
        _here.Ip("tuntap add tap0 mode tap user 4242");
        _here.Ip("tuntap add tap1 mode tap user 4242");
        CommandResult result = _here.Exec("setpriv", "--reuid=4243", "--regid=4243", "--clear-groups", "--inh-caps=-all", Tool.Path, "join", "tap0", "tap1");
        Assert.SkipWhen(result.ExitCode is 126 or 127, "the program cannot be reached by that user");
        Assert.True(result.ExitCode == 4, $"{result.ExitCode}: {result.Error}");
    }

    private void Refused(int exitCode, string line, string reason) =>
        Assert.Contains(reason, _here.Tunbridge(line).AssertOneLine(exitCode), StringComparison.Ordinal);

    private async Task<Process> StartAsync(string line)
    {
        Process join = _here.StartTunbridge(line);
        string? said = await join.StandardError.ReadLineAsync(Token);
        Assert.True(said?.Contains("are joined", StringComparison.Ordinal), said);
        return join;
    }

    private static void Add(TestNamespace space, string name, string kind, int host)
    {
        space.Ip($"tuntap add {name} mode {kind}");
        space.Ip($"addr add 10.6.0.{host}/24 dev {name}");
        space.Ip($"link set {name} up");
    }
}
