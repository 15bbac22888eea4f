// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Testing;

namespace Tunbridge.Hosting.Tests;

/// <summary>A namespace of its own that reaches a server over a cable.</summary>
internal sealed class ClientEnd : IDisposable
{
    private readonly List<RealOpenVpn> _clients = [];

    /// <param name="number">From 1: names the cable and its network.</param>
    /// <param name="serverProcess">Lives in the server's namespace.</param>
    internal ClientEnd(int number, int serverProcess)
    {
        Number = number;
        Space.Ip($"link add w0 type veth peer name v{number} netns {serverProcess}");
        Space.Ip($"addr add {Address}/24 dev w0");
        Space.Ip("link set w0 up");
    }

    internal int Number { get; }

    internal string Address => $"10.99.{Number}.2";

    internal string ServerAddress => $"10.99.{Number}.1";

    internal TestNamespace Space { get; } = new();

    /// <summary>Starts an official client.</summary>
    internal RealOpenVpn Start(string name, string lines)
    {
        string protocol = lines.Contains("proto ", StringComparison.Ordinal) ? "" : "proto udp\n";
        string device = lines.Contains("dev tap", StringComparison.Ordinal) ? "" : "dev tun\n";
        string certificates = lines.Contains("<ca>", StringComparison.Ordinal) ? "" : TestAuthority.Shared.Blocks(name);
        string bound = lines.Contains("lport", StringComparison.Ordinal) ? "" : "nobind\n";
        string remote = lines.Split('\n').Any(l => l.StartsWith("remote ", StringComparison.Ordinal)) ? "" : $"remote {ServerAddress} 1194\n";
        RealOpenVpn client = new(Space, $"client\n{device}{protocol}{bound}{remote}remote-cert-tls server\nconnect-retry 1 2\n" +
            $"{lines}\n{certificates}");
        _clients.Add(client);
        return client;
    }

    /// <summary>Whether an address answers pings, with so many bytes each.</summary>
    internal bool Pings(string address, int size = 56, int count = 2) =>
        Space.Exec("ping", "-c", $"{count}", "-i", "0.2", "-W", "30", "-s", $"{size}", address).ExitCode == 0;

    public void Dispose()
    {
        foreach (RealOpenVpn client in _clients)
            client.Dispose();
        Space.Dispose();
    }
}
