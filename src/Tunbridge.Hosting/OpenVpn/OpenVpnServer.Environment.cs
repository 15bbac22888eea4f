// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Tunbridge.OpenVpn.Client;
using Tunbridge.OpenVpn.Server;
using Tunbridge.OpenVpn.Settings;

namespace Tunbridge.Hosting.OpenVpn;

/// <content>What scripts are told, in openvpn's names: of the server, then of a client.</content>
public sealed partial class OpenVpnServer
{
    private void FillEnvironment()
    {
        foreach ((string name, string value) in _configuration.Scripts.Environment)
            _environment.Set(name, value);
        _environment.Set("dev", _options.Device);
        _environment.Set("dev_type", _configuration.IsTap ? "tap" : "tun");
        _environment.Set("tun_mtu", _settings.TunMtu);
        _environment.Set("verb", _configuration.Process.Verbosity);
        _environment.Set("daemon", _configuration.Process.DaemonName is null ? 0 : 1);
        _environment.Set("daemon_log_redirect", _configuration.Process.LogFile is null ? 0 : 1);
        _environment.Set("daemon_pid", Environment.ProcessId);
        _environment.Set("daemon_start_time", _clock.Now.ToUnixTimeSeconds());
        _environment.Set("proto_1", _configuration.Protocol);
        if (_configuration.LocalAddress is { } local)
            _environment.Set("local_1", local);
        _environment.Set("local_port_1", _link.Local.Port);
        _environment.Set("remote_port_1", _link.Local.Port);    // port is both, also where there is no remote
        _environment.Set("script_context", "init");
        if (_plan.Address is { } address)
        {
            _environment.Set("ifconfig_local", address.Address.ToString());
            if (address.Peer is { } peer)
                _environment.Set("ifconfig_remote", peer.ToString());
            else
                _environment.Set("ifconfig_netmask", MaskOf(address.PrefixLength));
        }
        if (_plan.AddressV6 is { } six)
        {
            _environment.Set("ifconfig_ipv6_local", six.Address.ToString());
            _environment.Set("ifconfig_ipv6_netbits", six.PrefixLength);
            _environment.Set("ifconfig_ipv6_remote", six.Peer?.ToString() ?? "");
        }
        FillRoutes();
    }

    private void FillRoutes()
    {
        PulledOptions own = PulledOptions.ReadOwn(_configuration);
        // The first address of the clients stands for all of them, where nothing else does.
        IPAddress? gateway = own.Gateway ?? _plan.Address?.Peer ?? _plan.Pool?.First;
        _environment.Set("route_net_gateway", "0.0.0.0");
        if (gateway is not null)
            _environment.Set("route_vpn_gateway", gateway.ToString());
        int v4 = 0;
        int v6 = 0;
        foreach (PulledRoute route in own.Routes)
        {
            if (route.Network is not { } network)
                continue;
            bool isV6 = network.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6;
            string name = isV6 ? "route_ipv6" : "route";
            int number = isV6 ? ++v6 : ++v4;
            _environment.Set($"{name}_network_{number}", isV6 ? network.ToString() : network.BaseAddress.ToString());
            if (!isV6)
                _environment.Set($"route_netmask_{number}", MaskOf(network.PrefixLength));
            if ((route.Gateway ?? (isV6 ? _plan.AddressV6?.Peer : gateway)) is { } by)
                _environment.Set($"{name}_gateway_{number}", by.ToString());
            if (route.Metric is { } metric)
                _environment.Set($"{name}_metric_{number}", metric);
        }
    }

    private static void SetTime(ScriptEnvironment environment, DateTimeOffset since)
    {
        environment.Set("time_ascii", since.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture));
        environment.Set("time_unix", since.ToUnixTimeSeconds());
    }

    private void Tell(ScriptEnvironment environment, ClientAddresses addresses)
    {
        if (addresses.Address is not null)
        {
            environment.Set("ifconfig_pool_remote_ip", addresses.Address.ToString());
            bool isSubnet = _configuration.IsTap || _plan.Topology == Topology.Subnet;
            environment.Set(isSubnet ? "ifconfig_pool_netmask" : "ifconfig_pool_local_ip", addresses.MaskOrPeer?.ToString() ?? "");
        }
        if (addresses.AddressV6 is not null)
        {
            environment.Set("ifconfig_pool_remote_ip6", addresses.AddressV6.ToString());
            environment.Set("ifconfig_pool_local_ip6", addresses.PeerV6?.ToString() ?? "");
            environment.Set("ifconfig_pool_ip6_netbits", addresses.PrefixLengthV6);
        }
    }
}
