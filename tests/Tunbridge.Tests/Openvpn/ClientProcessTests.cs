// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Tunbridge.Testing;
using Tunbridge.Tests.Commands;

namespace Tunbridge.Tests.Openvpn;

/// <summary>The program as a client, of itself and of the real server.</summary>
public sealed class ClientProcessTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Client_OfEitherServer_ConnectsAnswersSignalsAndLeavesNothing(bool isReal)
    {
        RealTool.Require("ping", "openvpn");
        using OpenvpnPlace place = new();
        if (isReal)
            place.StartRealServer();
        else
            place.Start(place.ServerSpace, "server.log", "--config", "server.conf");
        await place.SaidAsync("server.log", "Initialization Sequence Completed");

        Process client = place.Start(
            place.ClientSpace, "client.log", "--config", "client.conf", "--status", "client.status", "1", "--writepid", "client.pid");
        await place.SaidAsync("client.log", "Initialization Sequence Completed");
        place.Ping(place.ClientSpace, "10.9.0.1");
        await place.SaidAsync("client.status", "TCP/UDP read bytes,");
        OpenvpnPlace.Signal(client.Id, "USR2");
        await place.SaidAsync("client.log", "OpenVPN STATISTICS");
        OpenvpnPlace.Signal(client.Id, "USR1");
        await place.SaidAsync("client.log", "SIGUSR1[hard,] received, process restarting");
        await place.SaidAsync("client.log", "Initialization Sequence Completed", times: 2);
        place.Ping(place.ClientSpace, "10.9.0.1");
        OpenvpnPlace.Signal(client.Id, "HUP");
        await place.SaidAsync("client.log", "SIGHUP[hard,] received, process restarting");
        await place.SaidAsync("client.log", "Initialization Sequence Completed", times: 3);
        OpenvpnPlace.Signal(client.Id, "TERM");
        await client.WaitForExitAsync(TestContext.Current.CancellationToken);

        string log = place.Read("client.log");
        Assert.Equal(0, client.ExitCode);
        Assert.EndsWith("SIGTERM[hard,] received, process exiting", log.TrimEnd(), StringComparison.Ordinal);
        Assert.Equal(1, log.Split("process exiting").Length - 1);
        Assert.False(place.ClientSpace.HasLink("tun0"));
        Assert.EndsWith("END\n", place.Read("client.status"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_Served_IsShownWithItsPeer()
    {
        RealTool.Require("ping");
        using OpenvpnPlace place = new();
        place.Start(place.ServerSpace, "server.log", "--config", "server.conf");
        await place.SaidAsync("server.log", "Initialization Sequence Completed");
        string name = $"client-{Guid.NewGuid():N}"[..20];
        place.Write("t.yaml", "tunnels:\n  office: {openvpn: client.conf}\n");
        using Process service = place.ClientSpace.Start(Tool.Path, "serve", "-f", place.At("t.yaml"), "--name", name);
        service.ErrorDataReceived += (_, _) => { };
        service.OutputDataReceived += (_, _) => { };
        service.BeginErrorReadLine();
        service.BeginOutputReadLine();
        try
        {
            CommandResult status = place.ClientSpace.Tunbridge($"status -f {place.At("t.yaml")} --name {name}");
            await OpenvpnPlace.UntilAsync(
                () => (status = place.ClientSpace.Tunbridge($"status -f {place.At("t.yaml")} --name {name}")).ExitCode == 0,
                () => status.Output + status.Error);

            Assert.Matches(@"^office  up connected since [-0-9: ]+ \(client, tun0, 10\.9\.0\.2, to 192\.0\.2\.1:1194\), received ", status.Output);
            place.Ping(place.ClientSpace, "10.9.0.1");
            // A service that is killed takes its tunnels with it, and they take back what they had.
            OpenvpnPlace.Signal(service.Id, "KILL");
            await OpenvpnPlace.UntilAsync(() => !place.ClientSpace.HasLink("tun0"), () => "the tunnel outlives its service");
        }
        finally
        {
            if (!service.HasExited)
                service.Kill(entireProcessTree: true);
            foreach (string left in (string[])[$"/run/tunbridge/{name}.sock", $"/run/tunbridge/{name}.serve"])
                File.Delete(left);
        }
    }

    [Fact]
    public async Task Client_WrongAuthority_SaysWhyAndGoesOnTrying()
    {
        using OpenvpnPlace place = new();
        using TestAuthority other = new("Another CA");
        place.Write("ca2.crt", other.Certificate);
        place.Start(place.ServerSpace, "server.log", "--config", "server.conf");
        await place.SaidAsync("server.log", "Initialization Sequence Completed");

        Process client = place.Start(place.ClientSpace, "client.log", "--config", "client.conf", "--ca", "ca2.crt");

        await place.SaidAsync("client.log", "VERIFY ERROR");
        OpenvpnPlace.Signal(client.Id, "TERM");
        await client.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, client.ExitCode);
    }

    /// <summary>A key with a passphrase, at a terminal (script(1) gives one) and without.</summary>
    [Theory]
    [InlineData("")]
    [InlineData(" --daemon --log client.log --writepid client.pid")]
    public async Task Passphrase_AtATerminal_IsAskedForOnceAndNeverShown(string more)
    {
        RealTool.Require("openssl");
        const string Secret = "open-sesame";
        using OpenvpnPlace place = new();
        Assert.Equal(0, CommandResult.Of(
            "openssl", "pkcs8", "-topk8", "-in", place.At("client.key"), "-out", place.At("locked.key"), "-passout", $"pass:{Secret}").ExitCode);
        CommandResult without = place.Run("--config", "client.conf", "--key", "locked.key");
        Assert.Equal(1, without.ExitCode);
        Assert.Contains("has a passphrase, and nobody can be asked for it", without.Output, StringComparison.Ordinal);

        using Process terminal = TypedTerminal.Start(
            place.ClientSpace, place.Program, ["--cd", place.Folder, "--config", "client.conf", "--key", "locked.key", .. Tool.Words(more)]);
        string shown = "";
        char[] buffer = new char[1024];
        while (!shown.Contains("Enter Private Key Password: ", StringComparison.Ordinal))
            shown += await ReadAsync();
        await terminal.StandardInput.WriteAsync(Secret + "\n");
        await terminal.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        if (more.Length == 0)
        {
            while (!shown.Contains("UDPv4 link remote", StringComparison.Ordinal))
                shown += await ReadAsync();
            // Ctrl-C, now that the terminal is a usual one again.
            await terminal.StandardInput.WriteAsync("\u0003");
            await terminal.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        }

        while (await ReadAsync() is { Length: > 0 } text)
            shown += text;
        await terminal.WaitForExitAsync(TestContext.Current.CancellationToken);
        if (more.Length > 0)
        {
            int daemon = place.Daemon("client.pid");
            await place.SaidAsync("client.log", "UDPv4 link remote");
            OpenvpnPlace.Signal(daemon, "TERM");
            await place.SaidAsync("client.log", "SIGTERM[hard,] received, process exiting");
        }

        Assert.Equal(0, terminal.ExitCode);
        Assert.Equal(1, shown.Split("Enter Private Key Password").Length - 1);
        Assert.DoesNotContain(Secret, shown, StringComparison.Ordinal);

        async Task<string> ReadAsync() => new(buffer, 0, await terminal.StandardOutput.ReadAsync(buffer.AsMemory(), TestContext.Current.CancellationToken));
    }
}
