// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Tunbridge.Changes;
using Tunbridge.Crypto;
using Tunbridge.Devices;
using Tunbridge.Hosting.OpenVpn;
using Tunbridge.OpenVpn.Settings;
using Tunbridge.Testing;

namespace Tunbridge.Hosting.Tests;

/// <summary>
/// A client of ours in a namespace, with a host that is changed for real, and official servers in another.
/// <code>
/// OpenVpnClient (tun0) ── 10.98.0.2, fd98::2 ── veth ── 10.98.0.1, fd98::1 ── openvpn (tun0, 10.8.0.1, fd08::1)
/// </code>
/// </summary>
internal sealed class ClientRig : IAsyncDisposable
{
    internal const string ServerAddress = "10.98.0.1";
    internal const string ServerAddressV6 = "fd98::1";

    private readonly Process _holder;
    private readonly List<RealOpenVpn> _servers = [];
    private readonly CancellationTokenSource _stop = new();
    internal string Folder { get; } = Directory.CreateTempSubdirectory("tunbridge-client").FullName;
    private TunnelIdentity? _identity;
    private TunnelHost? _host;
    private Task<OpenVpnClientEnd> _run = Task.FromResult(OpenVpnClientEnd.Stopped);

    internal ClientRig()
    {
        RealTool.Require("openvpn", "ping");
        _holder = ServerSpace.Start("sleep", "3600");
        Space.Ip($"link add w0 type veth peer name v0 netns {_holder.Id}");
        Space.Ip("addr add 10.98.0.2/24 dev w0");
        Space.Ip("addr add fd98::2/64 dev w0 nodad");
        Space.Ip("link set w0 up");
        ServerSpace.Ip("addr add 10.98.0.1/24 dev v0");
        ServerSpace.Ip("addr add fd98::1/64 dev v0 nodad");
        ServerSpace.Ip("link set v0 up");
    }

    internal TestNamespace Space { get; } = new();

    internal TestNamespace ServerSpace { get; } = new();

    internal KeptLog Log { get; } = new();

    internal OpenVpnClient Client { get; private set; } = null!;

    /// <summary>What answers questions; null: nobody.</summary>
    internal SecretPrompt? Prompt { get; set; }

    /// <summary>Who is told name servers; null: nobody.</summary>
    internal HostResolver? Resolver { get; set; }

    /// <summary>What finds the addresses of names; null: the host.</summary>
    internal Func<string, AddressFamily, CancellationToken, Task<IPAddress[]>>? Resolve { get; set; }

    /// <summary>The client's time.</summary>
    internal TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>How many cards were opened.</summary>
    internal int Cards { get; private set; }

    internal Task<OpenVpnClientEnd> Completion => _run;

    internal string Write(string name, string text, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute)
    {
        string path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        if (OperatingSystem.IsLinux())
            File.SetUnixFileMode(path, mode);
        return path;
    }

    /// <summary>An official server with 10.8.0.0/24 and fd08::/64.</summary>
    internal RealOpenVpn Serve(string lines)
    {
        string network = $"\n{lines}".Contains("\nserver", StringComparison.Ordinal) ? ""
            : "server 10.8.0.0 255.255.255.0\nserver-ipv6 fd08::/64\n";
        string topology = lines.Contains("topology", StringComparison.Ordinal) ? "" : "topology subnet\n";
        string device = lines.Contains("dev ", StringComparison.Ordinal) ? "" : "dev tun\n";
        string protocol = lines.Contains("proto ", StringComparison.Ordinal) ? "" : "proto udp\n";
        RealOpenVpn server = new(ServerSpace, $"{device}{protocol}{topology}{network}dh none\n{lines}\n{TestAuthority.Shared.Blocks("server")}");
        _servers.Add(server);
        return server;
    }

    /// <summary>Starts the client.</summary>
    internal void Start(string lines)
    {
        string bind = $"\n{lines}".Contains("\nlport ", StringComparison.Ordinal) ? "" : "nobind\n";
        string device = lines.Contains("dev tap", StringComparison.Ordinal) ? "" : "dev tun\n";
        string remote = lines.Contains("remote ", StringComparison.Ordinal) ? "" : $"remote {ServerAddress} 1194\n";
        string certificates = lines.Contains("<ca>", StringComparison.Ordinal) ? "" : TestAuthority.Shared.Blocks("client1");
        DirectiveReader reader = new(static _ => null);
        reader.Read("client.ovpn", $"client\n{device}{remote}{bind}remote-cert-tls server\nconnect-retry 1 2\n{lines}\n{certificates}");
        TunnelConfiguration configuration = TunnelConfigurationBuilder.Build(reader, out IReadOnlyList<DirectiveProblem> problems);
        Assert.DoesNotContain(problems, p => p.IsError);
        _identity = TunnelIdentity.LoadAsync(configuration, new() { Directory = Folder, Prompt = Prompt }).GetAwaiter().GetResult();
        _host = new TunnelHost(new()
        {
            Tunnel = "client.ovpn",
            Log = Log,
            Namespace = Space.Namespace,
            Resolver = Resolver,
            LeavesRoutes = configuration.Client.SetsNoRoutes,
            LeavesCard = configuration.Client.SetsNoAddresses,
        });
        Client = new OpenVpnClient(new()
        {
            Configuration = configuration,
            Identity = _identity,
            OpenCard = OpenCard,
            Host = _host,
            Log = Log,
            Prompt = Prompt,
            Tls = new OpenSslTlsProvider(),
            Crypto = CryptoProviders.Best,
            Random = CryptoProviders.OpenSsl,
            Namespace = Space.Namespace,
            Clock = Clock,
            Resolve = Resolve ?? Dns.GetHostAddressesAsync,
        });
        _run = Client.RunAsync(_stop.Token);
    }

    /// <summary>The official program as a client in our client's place.</summary>
    internal RealOpenVpn StartOfficial(string lines)
    {
        RealOpenVpn client = new(Space, $"client\ndev tun\nremote {ServerAddress} 1194\nnobind\nremote-cert-tls server\n{lines}\n{TestAuthority.Shared.Blocks("client1")}");
        _servers.Insert(0, client);
        return client;
    }

    internal Task Connected(int times = 1) => Holds(() => Log.Count("Initialization Sequence Completed") >= times, "connected");

    internal Task Holds(Func<bool> condition, string what) => Eventually.Holds(() => condition() || _run.IsFaulted, what,
        () => $"{Log.Text}\n--- server\n{string.Join("\n---\n", _servers.Select(s => s.Log.Length > 6000 ? s.Log[^6000..] : s.Log))}\n{_run.Exception}");

    internal bool Pings(string address, int count = 2) =>
        Space.Exec("ping", "-c", $"{count}", "-i", "0.2", "-W", "30", address).ExitCode == 0;

    internal void AssertPings(string address) => Assert.True(Pings(address),
        $"{address}\n{Log.Text}\n{Space.Ip("addr")}\n{Space.Ip("route")}\n--- server\n{_servers[^1].Log}");

    internal async Task<OpenVpnClientEnd> StopAsync()
    {
        await _stop.CancelAsync();
        return await _run.WaitAsync(Generous.Patience, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await ((Task)_run.WaitAsync(Generous.Patience)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Client?.Dispose();
        if (_host is not null)
            await _host.DisposeAsync();
        _identity?.Dispose();
        foreach (RealOpenVpn server in _servers)
            server.Dispose();
        _holder.Kill();
        _holder.Dispose();
        ServerSpace.Dispose();
        Space.Dispose();
        _stop.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private TunnelCard OpenCard(TunnelCardRequest request)
    {
        Cards++;
        DeviceOptions options = new() { Name = $"{request.Name}0", Namespace = Space.Namespace };
        VirtualDevice card = request.IsTap ? TapDevice.Create(options) : TunDevice.Create(options);
        return new() { Name = card.Name, Queues = card.Queues, Owner = card };
    }
}
