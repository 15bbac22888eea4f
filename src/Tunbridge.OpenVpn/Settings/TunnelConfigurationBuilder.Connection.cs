// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Control;

namespace Tunbridge.OpenVpn.Settings;

/// <content>What stands in a <c>&lt;connection&gt;</c> block.</content>
public sealed partial class TunnelConfigurationBuilder
{
    private sealed class ConnectionBlock
    {
        internal string? Protocol;
        internal int? RemotePort;
        internal ConnectionDirectives Own = new();
    }

    private void ApplyInConnection(Directive d)
    {
        int number = d.Connection!.Value;
        if (!_connections.TryGetValue(number, out ConnectionBlock? block))
            _connections[number] = block = new();
        ConnectionDirectives own = block.Own;
        switch (d.Name)
        {
            case "remote":
                _remotes.Add(d);
                break;
            case "proto":
                block.Protocol = Protocol(d, d.Parameters[0]);
                break;
            case "rport" when TryPort(d, d.Parameters[0], out int port):
                block.RemotePort = port;
                break;
            case "lport" when TryPort(d, d.Parameters[0], out int port, least: 0):
                block.Own = port == 0 ? own with { IsUnbound = true } : own with { LocalPort = port };
                break;
            case "port" when TryPort(d, d.Parameters[0], out int port):
                block.RemotePort = port;
                block.Own = own with { LocalPort = port };
                break;
            case "rport" or "lport" or "port":
                break;      // no port: said already
            default:
                block.Own = Own(d, own);
                break;
        }
    }

    private ConnectionDirectives Own(Directive d, ConnectionDirectives own)
    {
        switch (d.Name)
        {
            case "local":
                return own with { LocalAddress = d.At(0) };
            case "nobind" or "bind":
                return own with { IsUnbound = d.Name == "nobind" };
            case "float":
                return own with { Floats = true };
            case "mssfix":
                return own with { MssFix = Mss(d) };
            case "tun-mtu":
                return own with { TunMtu = Number(d, 0, 100, 65535, 1500) };
            case "explicit-exit-notify":
                return own with { ExitNotices = Number(d, 0, 0, 100, 1) };
            case "connect-retry":
                return own with { RetryDelay = RetryDelay(d), RetryDelayMaximum = RetryDelayMaximum(d) };
            case "connect-timeout" or "server-poll-timeout":
                return own with { ConnectTimeout = Seconds(d) };
            case "key-direction":
                return own with { WrapKeyDirection = Number(d, 0, 0, 1, 0) };
            case "tls-auth" or "tls-crypt" or "tls-crypt-v2":
                ControlWrapKind kind = WrapKind(d.Name);
                return own with
                {
                    Wrap = kind,
                    WrapKey = d.ToMaterial(),
                    WrapKeyDirection = kind == ControlWrapKind.TlsAuth && d.At(1) is not null ? Number(d, 1, 0, 1, 0) : own.WrapKeyDirection,
                };
            default:
                Error(d, $"option '{d.Name}' cannot be used in this context (<connection>)");
                return own;
        }
    }
}
