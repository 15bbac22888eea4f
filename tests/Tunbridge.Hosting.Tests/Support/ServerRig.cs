// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Tunbridge.Crypto;
using Tunbridge.Devices;
using Tunbridge.Hosting.OpenVpn;
using Tunbridge.OpenVpn.Settings;
using Tunbridge.Testing;

namespace Tunbridge.Hosting.Tests;

/// <summary>
/// A server of ours in a namespace with a card of its own, and clients of openvpn, each in a namespace of its own.
/// <code>
/// openvpn (tun0) ── 10.99.N.2 ── veth ── 10.99.N.1 ── OpenVpnServer ── tun9 (10.8.0.1)
/// </code>
/// </summary>
internal sealed class ServerRig : IAsyncDisposable
{
    internal const string Device = "tun9";

    private readonly TestNamespace _space = new();
    private readonly VirtualDevice _card;
    private readonly OpenVpnServer _server;
    private readonly TunnelIdentity _identity;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<ClientEnd> _ends = [];
    private readonly Process _holder;
    private Task _run = Task.CompletedTask;

    private ServerRig(string configuration, string folder)
    {
        Folder = folder;
        DirectiveReader reader = new(static _ => null);
        reader.Read("server.conf", configuration);
        TunnelConfiguration built = TunnelConfigurationBuilder.Build(reader, out IReadOnlyList<DirectiveProblem> problems);
        Assert.DoesNotContain(problems, p => p.IsError);
        _identity = TunnelIdentity.LoadAsync(built, new() { Directory = folder }).GetAwaiter().GetResult();
        DeviceOptions options = new() { Name = Device, Namespace = _space.Namespace };
        _card = built.IsTap ? TapDevice.Create(options) : TunDevice.Create(options);
        Host = new IpHost(_space);
        _server = _space.Run(() => new OpenVpnServer(new()
        {
            Configuration = built,
            Identity = _identity,
            Queues = [_card],
            Device = Device,
            Host = Host,
            Log = Log,
            Tls = new OpenSslTlsProvider(),
            Crypto = CryptoProviders.Best,
            Random = CryptoProviders.OpenSsl,
        }));
        _holder = _space.Start("sleep", "3600");
    }

    internal KeptLog Log { get; } = new();

    internal IpHost Host { get; }

    /// <summary>Where files of the configuration and of scripts lie.</summary>
    internal string Folder { get; }

    internal OpenVpnServer Server => _server;

    internal TestNamespace Space => _space;

    /// <summary>A server with certificates, subnet 10.8.0.0/24, and more lines; files are written beside it first.</summary>
    internal static ServerRig Start(string lines, params (string Name, string Text)[] files)
    {
        RealTool.Require("openvpn", "ping");
        string folder = Directory.CreateTempSubdirectory("tunbridge-server").FullName;
        foreach ((string name, string text) in files)
        {
            string path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
            if (text.StartsWith("#!", StringComparison.Ordinal) && OperatingSystem.IsLinux())
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        string network = lines.Contains("topology", StringComparison.Ordinal) || lines.Contains("server-bridge", StringComparison.Ordinal) ? "" : "topology subnet\n";
        if (!lines.Split('\n').Any(l => l.StartsWith("server ", StringComparison.Ordinal) || l.StartsWith("server-bridge", StringComparison.Ordinal)))
            network += "server 10.8.0.0 255.255.255.0\n";
        string device = lines.Contains("dev tap", StringComparison.Ordinal) ? "" : "dev tun\n";
        string protocol = lines.Contains("proto ", StringComparison.Ordinal) ? "" : "proto udp\n";
        string certificates = lines.Contains("<key>", StringComparison.Ordinal) ? "" : TestAuthority.Shared.Blocks("server");
        ServerRig rig = new($"{device}{protocol}{network}dh none\n{lines}\n{certificates}", folder);
        rig._run = rig._server.RunAsync(rig._stop.Token);
        return rig;
    }

    /// <summary>A namespace that reaches the server at 10.99.N.1, N being its number from 1.</summary>
    internal ClientEnd AddEnd()
    {
        ClientEnd end = new(_ends.Count + 1, _holder.Id);
        _ends.Add(end);
        _space.Ip($"addr add 10.99.{end.Number}.1/24 dev v{end.Number}");
        _space.Ip($"link set v{end.Number} up");
        return end;
    }

    /// <summary>An official client, connected.</summary>
    internal async Task<RealOpenVpn> ConnectAsync(ClientEnd end, string name = "client1", string lines = "")
    {
        RealOpenVpn client = end.Start(name, lines);
        await Connected(client);
        return client;
    }

    internal Task Connected(RealOpenVpn client, int times = 1) => Holds(() => client.Count("Initialization Sequence Completed") >= times, "connected", client);

    internal Task Holds(Func<bool> condition, string what, RealOpenVpn? client = null) =>
        Eventually.Holds(() => condition() || _run.IsFaulted, what, () => $"{Log.Text}\n--- client\n{client?.Log}\n{_run.Exception}");

    internal async Task<Exception?> StopAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _run.WaitAsync(Generous.Patience);
            return null;
        }
        catch (TimeoutException)
        {
            return new TimeoutException($"the server does not end\n{Log.Text}");
        }
        catch (Exception e)
        {
            return e;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ClientEnd end in _ends)
            end.Dispose();
        Exception? fault = await StopAsync();
        _server.Dispose();
        _card.Dispose();
        _identity.Dispose();
        _holder.Kill();
        _holder.Dispose();
        _space.Dispose();
        _stop.Dispose();
        Directory.Delete(Folder, recursive: true);
        Assert.Null(fault);
    }
}
