// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Tunbridge.Tunnels;

namespace Tunbridge.Crypto.Tests;

/// <summary>Our engine against the distribution's openssl program over a socket of the loopback.</summary>
public sealed partial class OpensslInteropTests : IDisposable
{
    private const string Label = "EXPORTER-OpenVPN-datakeys";

    private readonly TestAuthority _authority = new("Test Authority");
    private readonly TestIdentity _client, _server;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tunbridge-crypto-");

    public OpensslInteropTests()
    {
        _client = _authority.Issue("CN=client", TestAuthority.ClientUsage, 2);
        _server = _authority.Issue("CN=server", TestAuthority.ServerUsage, 3);
        foreach ((string name, byte[] bytes) in (ReadOnlySpan<(string, byte[])>)
            [("ca", _authority.Pem), ("client", _client.Certificate), ("client.key", _client.Key), ("server", _server.Certificate), ("server.key", _server.Key)])
            File.WriteAllBytes(Path(name), bytes);
    }

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Delete(recursive: true);
    }

    private string Path(string name) => System.IO.Path.Combine(_folder.FullName, name);

    private static string At(DateTimeOffset time) => time.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task Server_AgainstSClient_TalksAndExportsTheSame(string version)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        using Process openssl = OpensslProgram.Start("s_client", "-connect", $"{listener.LocalEndpoint}", version,
            "-CAfile", Path("ca"), "-cert", Path("client"), "-key", Path("client.key"), "-verify_return_error", "-attime", At(TestAuthority.Now),
            "-keymatexport", Label, "-keymatexportlen", "256", "-nocommands");
        Task<string> output = openssl.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        using Socket socket = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
        using ITlsContext context = new OpenSslTlsProvider().CreateContext(new()
        {
            Role = TlsRole.Server, Certificate = _server.Certificate, PrivateKey = _server.Key, Authorities = _authority.Pem,
        });
        using ITlsEngine engine = context.CreateEngine();
        await openssl.StandardInput.WriteLineAsync("hello from them");
        await openssl.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal("hello from them\n", await ConverseAsync(engine, socket, "hello from us\n"));
        byte[] exported = new byte[256];
        Assert.True(engine.TryExport(Label, exported));
        engine.Close();
        await FlushAsync(engine, socket);
        socket.Shutdown(SocketShutdown.Send);
        string text = await output;
        Assert.Contains("hello from us", text, StringComparison.Ordinal);
        Assert.Equal(Convert.ToHexString(exported), Material().Match(text).Groups[1].Value);
        Assert.Equal("client", engine.PeerChain[0].CommonName);
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task Client_AgainstSServer_TalksAndExportsTheSame(string version)
    {
        int port = FreePort();
        using Process openssl = OpensslProgram.Start("s_server", "-accept", $"127.0.0.1:{port}", version, "-naccept", "1",
            "-CAfile", Path("ca"), "-cert", Path("server"), "-key", Path("server.key"), "-Verify", "1", "-verify_return_error",
            "-attime", At(TestAuthority.Now), "-keymatexport", Label, "-keymatexportlen", "256");
        using Socket socket = await ConnectAsync(port);
        using ITlsContext context = new OpenSslTlsProvider().CreateContext(new()
        {
            Role = TlsRole.Client, Certificate = _client.Certificate, PrivateKey = _client.Key, Authorities = _authority.Pem,
        });
        using ITlsEngine engine = context.CreateEngine();
        Task<string> heard = ConverseAsync(engine, socket, "hello from us\n");
        // It tells what it agreed on only when nothing waits on its input before the handshake is done.
        StringBuilder output = new();
        for (bool told = false; !told;)
        {
            string line = await openssl.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) ?? throw new EndOfStreamException(output.ToString());
            output.AppendLine(line);
            told = Material().IsMatch(line);
        }

        await openssl.StandardInput.WriteLineAsync("hello from them");
        await openssl.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal("hello from them\n", await heard);
        byte[] exported = new byte[256];
        Assert.True(engine.TryExport(Label, exported));
        engine.Close();
        await FlushAsync(engine, socket);
        socket.Shutdown(SocketShutdown.Send);
        string text = $"{output}{await openssl.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)}";
        Assert.Contains("hello from us", text, StringComparison.Ordinal);
        Assert.Equal(Convert.ToHexString(exported), Material().Match(text).Groups[1].Value);
        Assert.Equal("server", engine.PeerChain[0].CommonName);
    }

    [Fact]
    public async Task Server_AgainstSClientOfAnotherAuthority_SaysItsAlert()
    {
        using TestAuthority stranger = new("Stranger");
        File.WriteAllBytes(Path("stranger"), stranger.Pem);
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        using Process openssl = OpensslProgram.Start("s_client", "-connect", $"{listener.LocalEndpoint}", "-CAfile", Path("stranger"),
            "-verify_return_error", "-attime", At(TestAuthority.Now));
        Task<string> output = openssl.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        using Socket socket = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
        using ITlsContext context = new OpenSslTlsProvider().CreateContext(new()
        {
            Role = TlsRole.Server, Certificate = _server.Certificate, PrivateKey = _server.Key, PeerPresence = TlsPeerPresence.None,
        });
        using ITlsEngine engine = context.CreateEngine();
        await ConverseAsync(engine, socket, "");
        Assert.Equal(TlsState.Failed, engine.State);
        Assert.Equal("the peer refused: alert 'unknown CA'", engine.Failure!.Message);
        await output;
    }

    // Carries bytes until a line has come (or the end), having said ours as soon as that was possible.
    private static async Task<string> ConverseAsync(ITlsEngine engine, Socket socket, string ours)
    {
        byte[] wire = new byte[8192], plain = new byte[1000];
        StringBuilder heard = new();
        engine.Step(TestAuthority.Now, default);
        bool said = false;
        while (true)
        {
            if (engine.State == TlsState.Established && !said && ours.Length > 0)
                said = engine.TryWrite(Encoding.ASCII.GetBytes(ours));
            await FlushAsync(engine, socket);
            if (engine.State is TlsState.Failed or TlsState.Closed || heard.ToString().Contains('\n', StringComparison.Ordinal))
                return heard.ToString();
            int n = await socket.ReceiveAsync(wire, TestContext.Current.CancellationToken);
            if (n == 0)
                return heard.ToString();
            engine.Step(TestAuthority.Now, wire.AsSpan(0, n));
            for (int r = engine.Read(plain); r > 0; r = engine.Read(plain))
                heard.Append(Encoding.ASCII.GetString(plain, 0, r));
        }
    }

    private static async Task FlushAsync(ITlsEngine engine, Socket socket)
    {
        byte[] wire = new byte[8192];
        for (int n = engine.TakeCiphertext(wire); n > 0; n = engine.TakeCiphertext(wire))
            await socket.SendAsync(wire.AsMemory(0, n), TestContext.Current.CancellationToken);
    }

    private static int FreePort()
    {
        using TcpListener probe = new(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    // The program opens its port some time after it starts; a refused connection is asked again.
    private static async Task<Socket> ConnectAsync(int port)
    {
        for (int attempt = 0; ; attempt++)
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
                return socket;
            }
            catch (SocketException) when (attempt < 200)
            {
                socket.Dispose();
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }
    }

    [GeneratedRegex("Keying material: ([0-9A-F]+)")]
    private static partial Regex Material();
}
