// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.Hosting.OpenVpn;

namespace Tunbridge.DropIns.Openvpn;

/// <summary>A server, with its card.</summary>
internal sealed class ServerTunnel : IRunningTunnel
{
    private readonly OpenVpnServer _server;
    private readonly TunnelCard _card;
    private readonly IReadOnlyList<string> _addresses;
    private readonly DateTimeOffset _since = TimeProvider.System.GetUtcNow();

    /// <summary>Opens the wire.</summary>
    /// <param name="options">What it is made of; its queues are the card's.</param>
    /// <param name="card">The card; closed with this.</param>
    internal ServerTunnel(OpenVpnServerOptions options, TunnelCard card)
    {
        _card = card;
        try
        {
            _server = new(options);
        }
        catch
        {
            card.Dispose();
            throw;
        }

        _addresses = [.. new[] { options.Configuration.Server.Network, options.Configuration.Server.NetworkV6 }.OfType<IPNetwork>().Select(n => n.ToString())];
    }

    public async Task<int?> RunAsync(CancellationToken stop)
    {
        await _server.RunAsync(stop).ConfigureAwait(false);
        return null;
    }

    // Clients, pool and card begin anew.
    public bool TryRestart() => false;

    public string DescribeStatus(int version) => StatusText.Write(_server.Snapshot(), version, VersionLines.Lines.First());

    public string DescribeDrops() => _server.Snapshot().Drops?.ToString() ?? "";

    public TunnelReport Report()
    {
        OpenVpnServerStatus now = _server.Snapshot();
        return new()
        {
            Role = "server",
            State = "serving",
            Since = _since,
            Device = _card.Name,
            Addresses = _addresses,
            Clients = now.Clients.Count(c => c.CommonName is not null),
            BytesReceived = now.Clients.Sum(c => c.BytesReceived),
            BytesSent = now.Clients.Sum(c => c.BytesSent),
        };
    }

    public ValueTask DisposeAsync()
    {
        _server.Dispose();
        _card.Dispose();
        return ValueTask.CompletedTask;
    }
}
