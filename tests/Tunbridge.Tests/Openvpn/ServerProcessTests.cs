// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Tunbridge.Testing;
using Tunbridge.Tests.Commands;

namespace Tunbridge.Tests.Openvpn;

/// <summary>The program as a server below the real client: signals, files, background, user, and the unit that Debian ships.</summary>
public sealed class ServerProcessTests
{
    [Fact]
    public async Task Server_FromItsFile_ServesAndAnswersEverySignal()
    {
        RealTool.Require("openvpn", "ping");
        using OpenvpnPlace place = new();
        Process server = place.Start(
            place.ServerSpace, "server.log", "--config", "server.conf", "--writepid", "server.pid", "--status", "server.status", "1", "--status-version", "2");
        await place.SaidAsync("server.log", "Initialization Sequence Completed");

        place.StartRealClient();
        await place.SaidAsync("real-client.log", "Initialization Sequence Completed");
        place.Ping(place.ClientSpace, "10.9.0.1");
        string begun = place.Read("server.log");
        Assert.True(begun.Split("VERIFY OK: depth=0").Length == 2 && begun.Split("VERIFY OK: depth=1").Length == 2, begun);
        await place.SaidAsync("server.status", "CLIENT_LIST,client,192.0.2.2:");
        OpenvpnPlace.Signal(server.Id, "USR2");
        await place.SaidAsync("server.log", "TITLE,OpenVPN 2.6.14");
        OpenvpnPlace.Signal(server.Id, "USR1");
        await place.SaidAsync("server.log", "SIGUSR1[hard,] received, process restarting");
        await place.SaidAsync("server.log", "Initialization Sequence Completed", times: 2);
        OpenvpnPlace.Signal(server.Id, "HUP");
        await place.SaidAsync("server.log", "SIGHUP[hard,] received, process restarting");
        await place.SaidAsync("server.log", "Initialization Sequence Completed", times: 3);
        OpenvpnPlace.Signal(server.Id, "TERM");
        await server.WaitForExitAsync(TestContext.Current.CancellationToken);

        string log = place.Read("server.log");
        Assert.Equal(0, server.ExitCode);
        Assert.Equal($"{server.Id}\n", place.Read("server.pid"));
        Assert.Contains("Preserving previous TUN/TAP instance: tun0", log, StringComparison.Ordinal);
        Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d OpenVPN 2\.6\.14 ", log);
        Assert.EndsWith("SIGTERM[hard,] received, process exiting\n", log.TrimEnd('\n') + "\n", StringComparison.Ordinal);
        Assert.EndsWith("END\n", place.Read("server.status"), StringComparison.Ordinal);
        Assert.False(place.ServerSpace.HasLink("tun0"));
    }

    /// <summary>No server, no client: each end has its address from its own file, and everything is for the other.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("route 10.30.0.0 255.255.255.0")]
    public async Task Peers_WithoutClientsAndServer_ReachEachOther(string route)
    {
        RealTool.Require("openvpn", "ping");
        using OpenvpnPlace place = new();
        const string Both = "dev tun\nca ca.crt\nverb 3\nkeepalive 2 20\n";
        place.Write("server.conf", $"{Both}tls-server\ndh none\nifconfig 10.9.0.1 10.9.0.2\n{route}\ncert server.crt\nkey server.key\n");
        place.Write("client.conf", $"{Both}tls-client\nremote {OpenvpnPlace.Server}\nifconfig 10.9.0.2 10.9.0.1\ncert client.crt\nkey client.key\nremote-cert-tls server\n");
        place.ClientSpace.Ip("link set lo up");
        place.ClientSpace.Ip("addr add 10.30.0.1/32 dev lo");
        place.Start(place.ServerSpace, "server.log", "--config", "server.conf");
        await place.SaidAsync("server.log", "Initialization Sequence Completed");

        place.StartRealClient();
        await place.SaidAsync("real-client.log", "Initialization Sequence Completed");

        place.Ping(place.ClientSpace, "10.9.0.1");
        place.Ping(place.ServerSpace, route.Length == 0 ? "10.9.0.2" : "10.30.0.1");
        Assert.DoesNotContain("bad source address", place.Read("server.log"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Daemon_Started_LeavesTheTerminalAndItsParentEndsAtOnce()
    {
        using OpenvpnPlace place = new();

        CommandResult result = place.Run(
            "--config", "server.conf", "--daemon", "--log", "server.log", "--writepid", "server.pid", "--status", "server.status");

        Assert.Equal((0, "", ""), (result.ExitCode, result.Output, result.Error));
        int daemon = place.Daemon("server.pid");
        await place.SaidAsync("server.log", "Initialization Sequence Completed");
        // pid (name) state parent group session terminal
        string[] stat = File.ReadAllText($"/proc/{daemon}/stat").Split(") ")[1].Split(' ');
        Assert.Equal([$"{daemon}", $"{daemon}", "0"], stat[2..5]);
        Assert.Equal("/dev/null", new FileInfo($"/proc/{daemon}/fd/0").LinkTarget);
        Assert.Equal(place.At("server.log"), new FileInfo($"/proc/{daemon}/fd/1").LinkTarget);
        Assert.Equal(place.At("server.log"), new FileInfo($"/proc/{daemon}/fd/2").LinkTarget);
        if (OperatingSystem.IsLinux())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(place.At("server.status")));
        OpenvpnPlace.Signal(daemon, "TERM");
        await place.SaidAsync("server.log", "SIGTERM[hard,] received, process exiting");
    }

    /// <summary>A status file of a full disk is told once; when there is room again it is written again.</summary>
    [Fact]
    public void Status_OnAFullDisk_IsWrittenAgainWhenThereIsRoom()
    {
        RealTool.Require("mount");
        using OpenvpnPlace place = new();
        const string Program = """
            mount -t tmpfs -o size=16k none /mnt || exit 77
            cat /dev/zero > /mnt/fill 2>/dev/null
            "$1" --cd "$2" --config server.conf --log server.log --status /mnt/status 1 &
            for i in $(seq 600); do grep -q 'cannot be written' "$2/server.log" && break; sleep 0.1; done
            rm /mnt/fill
            for i in $(seq 600); do grep -q '^END' /mnt/status && break; sleep 0.1; done
            tail -n 1 /mnt/status
            kill $!
            wait $!
            """;
        CommandResult result = place.ServerSpace.Exec("unshare", "-m", "bash", "-c", Program, "bash", place.Program, place.Folder);
        Assert.SkipWhen(result.ExitCode == 77, "no mount here");

        Assert.Equal((0, "END\n"), (result.ExitCode, result.Output));
        Assert.Single(place.Read("server.log").Split('\n'), l => l.Contains("the status file cannot be written", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--ca", "nosuch", "nosuch")]
    [InlineData("--dev", "xyz", "I don't recognize device xyz as a tun or tap device")]
    public void Daemon_ThatCannotBegin_SaysWhyAndFails(string option, string value, string told)
    {
        using OpenvpnPlace place = new();

        CommandResult result = place.Run("--config", "server.conf", option, value, "--daemon");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(told, result.Output + result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task User_Nobody_KeepsOneCapabilityAndItsKeys()
    {
        RealTool.Require("openvpn", "ping", "mknod", "setpriv");
        using OpenvpnPlace place = new();
        // The folder is nobody's to enter but root's; the program itself must be everybody's.
        Assert.SkipUnless(
            CommandResult.Of("setpriv", "--reuid", "65534", "--clear-groups", "test", "-x", Tool.Path).ExitCode == 0, $"nobody may not run {Tool.Path}");
        string node = Path.Combine(Path.GetTempPath(), $"tbnode-{Guid.NewGuid():n}");
        Assert.Equal(0, CommandResult.Of("mknod", "-m", "666", node, "c", "10", "200").ExitCode);
        try
        {
            Process server = place.Start(
                place.ServerSpace, "server.log", "--config", "server.conf", "--user", "nobody", "--group", "nogroup", "--dev-node", node,
                "--status", "server.status", "1", "--writepid", "server.pid");
            await place.SaidAsync("server.log", "Initialization Sequence Completed");
            place.StartRealClient();
            await place.SaidAsync("real-client.log", "Initialization Sequence Completed");
            place.Ping(place.ClientSpace, "10.9.0.1");

            string status = File.ReadAllText($"/proc/{server.Id}/status");
            Assert.Contains("Uid:\t65534\t65534\t65534\t65534\n", status, StringComparison.Ordinal);
            // CAP_NET_ADMIN is bit 12.
            foreach (string set in (string[])["CapPrm", "CapEff"])
                Assert.Contains($"{set}:\t0000000000001000\n", status, StringComparison.Ordinal);
            Assert.Equal($"{server.Id}\n", place.Read("server.pid"));
            await place.SaidAsync("server.status", "client,192.0.2.2:");
            string log = place.Read("server.log");
            foreach (string line in (string[])["UID set to nobody", "GID set to nogroup", "Capabilities retained: CAP_NET_ADMIN"])
                Assert.Contains(line, log, StringComparison.Ordinal);
            // What was read as root is still known after the files are read again as nobody.
            OpenvpnPlace.Signal(server.Id, "HUP");
            await place.SaidAsync("server.log", "Initialization Sequence Completed", times: 2);
        }
        finally
        {
            File.Delete(node);
        }
    }

    [Fact]
    public void User_Unknown_IsAnOptionsError()
    {
        using OpenvpnPlace place = new();

        CommandResult result = place.Run("--config", "server.conf", "--user", "nosuch");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("failed to find UID for user nosuch", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SecretFile_ReadableByOthers_IsWarnedOf()
    {
        using OpenvpnPlace place = new();
        if (OperatingSystem.IsLinux())
            File.SetUnixFileMode(place.At("server.key"), (UnixFileMode)0x1A4 /* octal 644 */);

        Process server = place.Start(place.ServerSpace, "server.log", "--config", "server.conf");

        await place.SaidAsync("server.log", "WARNING: file 'server.key' is group or others accessible");
        OpenvpnPlace.Signal(server.Id, "INT");
        await place.SaidAsync("server.log", "SIGINT[hard,] received, process exiting");
    }

    /// <summary>The command line of the unit that the distribution's package has, with its capabilities and its notify socket.</summary>
    [Fact]
    public async Task DebianUnit_CommandLine_RunsAndTellsTheManager()
    {
        RealTool.Require("python3", "setpriv", "openvpn");
        const string Unit = "/lib/systemd/system/openvpn-server@.service";
        Assert.SkipUnless(File.Exists(Unit), "the package openvpn is not installed");
        using OpenvpnPlace place = new();
        string[] lines = File.ReadAllLines(Unit);
        string command = lines.Single(l => l.StartsWith("ExecStart=", StringComparison.Ordinal))["ExecStart=".Length..]
            .Replace("%t/openvpn-server/", place.Folder + "/", StringComparison.Ordinal).Replace("%i", "server", StringComparison.Ordinal);
        string rights = string.Concat(lines.Single(l => l.StartsWith("CapabilityBoundingSet=", StringComparison.Ordinal)).Split('=')[1].Split(' ')
            .Select(c => $",+{c["CAP_".Length..].ToLower(CultureInfo.InvariantCulture)}"));
        string[] words = command.Split(' ');
        string script = Path.Combine(AppContext.BaseDirectory, "Serve", "manager.py");
        ProcessStartInfo start = new("python3")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // WorkingDirectory= of the unit.
            WorkingDirectory = place.Folder,
        };
        foreach (string word in (string[])[script, $"@tbopenvpn-{Guid.NewGuid():n}", "setpriv", $"--bounding-set=-all{rights}", "--inh-caps=-all", place.Program, .. words[1..]])
            start.ArgumentList.Add(word);
        using Process manager = place.ServerSpace.Run(() => Process.Start(start)!);
        manager.ErrorDataReceived += (_, _) => { };
        manager.BeginErrorReadLine();

        List<string> told = [];
        while (!told.Any(t => t.Contains("STATUS=Initialization Sequence Completed", StringComparison.Ordinal)))
            told.Add(await manager.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) ?? throw new EndOfStreamException(string.Join('\n', told)));

        Match ready = Regex.Match(string.Join('\n', told), @"READY=1 STATUS=Pre-connection initialization successful MAINPID=(\d+)");
        Assert.True(ready.Success, string.Join('\n', told));
        Assert.StartsWith("TITLE,OpenVPN 2.6.14 ", place.Read("status-server.log"), StringComparison.Ordinal);
        await manager.StandardInput.WriteLineAsync("signal TERM");
        await manager.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        string? ended;
        while ((ended = await manager.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)) is not null && ended != "ended 0")
            continue;
        Assert.Equal("ended 0", ended);
        manager.Kill();
    }
}
