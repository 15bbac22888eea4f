// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.Json;
using Tunbridge.Hosting;
using Tunbridge.Hosting.OpenVpn;

namespace Tunbridge.DropIns.Openvpn;

/// <summary>A client.</summary>
internal sealed class ClientTunnel : IRunningTunnel
{
    private readonly OpenVpnClient _client;

    internal ClientTunnel(OpenVpnClientOptions options) => _client = new(options);

    public async Task<int?> RunAsync(CancellationToken stop) => await _client.RunAsync(stop).ConfigureAwait(false) switch
    {
        OpenVpnClientEnd.Stopped => null,
        // The ends that openvpn takes for a finished job: the program ends well.
        OpenVpnClientEnd.Halted or OpenVpnClientEnd.PingExit or OpenVpnClientEnd.Inactive or OpenVpnClientEnd.SessionTimeout or
            OpenVpnClientEnd.AuthFailed => ExitCode.Done,
        _ => ExitCode.Failed,
    };

    public bool TryRestart()
    {
        _client.Restart();
        return true;
    }

    public string DescribeStatus(int version)
    {
        PeerCounters? counters = _client.Snapshot().Counters;
        StringBuilder text = new("OpenVPN STATISTICS\n");
        text.Append(CultureInfo.InvariantCulture, $"Updated,{DateTime.Now:yyyy-MM-dd HH:mm:ss}\n");
        text.Append(CultureInfo.InvariantCulture, $"TUN/TAP read bytes,{counters?.BytesSent ?? 0}\n");
        text.Append(CultureInfo.InvariantCulture, $"TUN/TAP write bytes,{counters?.BytesReceived ?? 0}\n");
        text.Append(CultureInfo.InvariantCulture, $"TCP/UDP read bytes,{counters?.WireBytesReceived ?? 0}\n");
        text.Append(CultureInfo.InvariantCulture, $"TCP/UDP write bytes,{counters?.WireBytesSent ?? 0}\n");
        text.Append(CultureInfo.InvariantCulture, $"Auth read bytes,{counters?.BytesReceived ?? 0}\n");
        return text.Append("END\n").ToString();
    }

    public string DescribeDrops() => _client.Snapshot().Drops?.ToString() ?? "";

    public TunnelReport Report()
    {
        OpenVpnClientStatus now = _client.Snapshot();
        return new()
        {
            Role = "client",
            State = JsonNamingPolicy.KebabCaseLower.ConvertName(now.State.ToString()),
            Since = now.Since,
            Device = now.Device,
            Peer = now.RemoteAddress?.ToString() ?? (now.Remote is { } remote ? $"{remote.Host}:{remote.Port}" : null),
            Addresses = [.. new[] { now.Address, now.AddressV6 }.Where(a => a is not null).Select(a => a!.ToString())],
            BytesReceived = now.Counters?.BytesReceived ?? 0,
            BytesSent = now.Counters?.BytesSent ?? 0,
        };
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
