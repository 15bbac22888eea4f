// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Tunbridge.OpenVpn.Client;
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Settings;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>The scripts of a client, and what they are told.</summary>
/// <remarks>Nothing of what a server pushes becomes a word of a command: it stands in variables, without control characters.</remarks>
internal sealed class ClientScripts : IDisposable
{
    private const int RunsScripts = 2;
    private static readonly long s_started = FindStart();
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    private readonly ScriptDirectives _directives;
    private readonly TunnelConfiguration _configuration;
    private readonly ScriptRunner _runner;
    private readonly Action<int, string> _log;
    private ScriptEnvironment _environment = new();
    private ScriptEnvironment _addressEnvironment = new();
    private bool _redirects;
    private IReadOnlyList<string> _cardArguments = [];

    /// <exception cref="TunnelConfigurationException">There is a script, and script-security does not allow it; or one that is not offered.</exception>
    internal ClientScripts(TunnelConfiguration configuration, string directory, Action<int, string> log)
    {
        _configuration = configuration;
        _directives = configuration.Scripts;
        _log = log;
        if (_directives.TlsVerify is not null)
            throw new TunnelConfigurationException("tls-verify: not offered to clients; check the server by remote-cert-tls and verify-x509-name");
        HasSome = (_directives.Up ?? _directives.Down ?? _directives.RouteUp ?? _directives.RoutePreDown ?? _directives.AddressChange) is not null;
        if (HasSome && _directives.Security < RunsScripts)
            throw new TunnelConfigurationException("up, down, route-up, route-pre-down, ipchange: External program may not be called unless '--script-security 2' or higher is enabled");
        _runner = new ScriptRunner(directory);
    }

    /// <summary>There are scripts at all.</summary>
    internal bool HasSome { get; }

    /// <summary>Addresses have to be there before routes are.</summary>
    internal bool HasUp => _directives.Up is not null;

    internal bool RunsAtRestart => _directives.RunsAtRestart;

    internal bool DownRunsFirst => _directives.DownRunsFirst;

    /// <summary>Makes what all scripts of a connection are told.</summary>
    /// <remarks>Names and values are openvpn's, compared with those of 2.6.14.</remarks>
    internal void Prepare(ClientAttempt attempt, PulledOptions options, HostDemand demand, string device, OutsideGateways outside)
    {
        ScriptEnvironment all = new();
        all.Set("daemon", 0);
        all.Set("daemon_log_redirect", 0);
        all.Set("daemon_pid", Environment.ProcessId);
        all.Set("daemon_start_time", s_started);
        all.Set("verb", _configuration.Process.Verbosity);
        // Of the drop-in's own, then of the file.
        foreach ((string name, string value) in _directives.Environment.Concat(options.Environment))
            all.Set(name, value);
        all.Set("proto_1", attempt.Configuration.Session.IsTcp ? "tcp-client" : "udp");
        all.Set("remote_1", attempt.Remote.Host);
        all.Set("remote_port_1", attempt.Remote.Port);
        if (attempt.Configuration.LocalAddress is { } local)
            all.Set("local_1", local);
        if (attempt.Configuration.LocalPort is { } port)
            all.Set("local_port_1", port);
        all.SetAddress("trusted", new(attempt.Server));
        all.SetAddress("untrusted", new(attempt.Server));
        if (attempt.Session?.PeerChain is { Count: > 0 } chain)
        {
            all.SetCertificates(chain);
            all.Set("common_name", chain[0].CommonName);
        }
        _addressEnvironment = all;
        all = new(all);
        all.Set("dev", device);
        all.Set("dev_type", _configuration.IsTap ? "tap" : "tun");
        all.Set("tun_mtu", demand.Mtu);
        SetAddresses(all, options);
        SetRoutes(all, options, outside);
        for (int i = 0; i < options.DhcpOptions.Count; i++)
            all.Set($"foreign_option_{i + 1}", options.DhcpOptions[i]);
        SetNameServers(all, options.Dns);
        _environment = all;
        _cardArguments = [device, Number(demand.Mtu), "0", .. CardWords(options)];
    }

    /// <summary><c>up</c>; false when it failed, which ends the client as it does openvpn.</summary>
    internal async Task<bool> UpAsync(bool isRestart, CancellationToken cancellationToken) =>
        await RunAsync("up", _directives.Up, _environment, [.. _cardArguments, Context(isRestart)], isRestart, cancellationToken).ConfigureAwait(false);

    /// <param name="isRestart">The card stays.</param>
    /// <param name="signal">Why: sigusr1, sigterm …</param>
    internal Task DownAsync(bool isRestart, string signal) =>
        RunAsync("down", _directives.Down, With("signal", signal), [.. _cardArguments, Context(isRestart)], isRestart, CancellationToken.None);

    internal Task RouteUpAsync(CancellationToken cancellationToken)
    {
        _environment.Set("redirect_gateway", _redirects ? 1 : 0);
        return RunAsync("route-up", _directives.RouteUp, _environment, [], false, cancellationToken);
    }

    internal Task RoutePreDownAsync(string signal) =>
        RunAsync("route-pre-down", _directives.RoutePreDown, With("signal", signal), [.. _cardArguments, Context(false)], false, CancellationToken.None);

    // One word, and of no context: as openvpn has it.
    internal Task AddressChangeAsync(IPEndPoint server, CancellationToken cancellationToken) => RunAsync("ipchange", _directives.AddressChange, _addressEnvironment,
        [$"[{(server.AddressFamily == AddressFamily.InterNetworkV6 ? "AF_INET6" : "AF_INET")}]{server.Address} {Number(server.Port)}"], null, cancellationToken);

    public void Dispose() => _runner.Dispose();

    private ScriptEnvironment With(string name, string value)
    {
        ScriptEnvironment environment = new(_environment);
        environment.Set(name, value);
        return environment;
    }

    private async Task<bool> RunAsync(string kind, IReadOnlyList<string>? words, ScriptEnvironment told, IReadOnlyList<string> arguments, bool? isRestart,
        CancellationToken cancellationToken)
    {
        if (words is null)
            return true;
        ScriptEnvironment environment = new(told);
        if (isRestart is bool context)
            environment.Set("script_context", Context(context));
        ScriptCommand command = new() { Kind = kind, Program = words[0], Arguments = [.. words.Skip(1)] };
        ScriptResult result = await _runner.RunAsync(command, environment, arguments, s_limit, cancellationToken).ConfigureAwait(false);
        if (!result.IsSuccess)
            _log(1, $"WARNING: Failed running command (--{kind}): {result.Describe()}");
        return result.IsSuccess;
    }

    private static long FindStart()
    {
        using Process own = Process.GetCurrentProcess();
        return new DateTimeOffset(own.StartTime).ToUnixTimeSeconds();
    }

    private static string Context(bool isRestart) => isRestart ? "restart" : "init";

    private static IEnumerable<string> CardWords(PulledOptions options)
    {
        if (options.Address is not { } address)
            return ["", ""];
        return [address.Address.ToString(), address.Peer?.ToString() ?? Mask(address.PrefixLength)];
    }

    private static void SetAddresses(ScriptEnvironment all, PulledOptions options)
    {
        if (options.Address is { } v4)
        {
            all.Set("ifconfig_local", v4.Address.ToString());
            if (v4.Peer is { } peer)
                all.Set("ifconfig_remote", peer.ToString());
            else
                all.Set("ifconfig_netmask", Mask(v4.PrefixLength));
        }
        if (options.AddressV6 is { } v6)
        {
            all.Set("ifconfig_ipv6_local", v6.Address.ToString());
            all.Set("ifconfig_ipv6_netbits", v6.PrefixLength);
            if (v6.Peer is { } peer)
                all.Set("ifconfig_ipv6_remote", peer.ToString());
        }
    }

    private void SetRoutes(ScriptEnvironment all, PulledOptions options, OutsideGateways outside)
    {
        _redirects = options.Redirect is { KeepsDefault: false };
        bool wants = options.Routes.Count > 0 || options.Redirect is not null;
        if (wants && outside.Gateway is { } router)
            all.Set("route_net_gateway", router.ToString());
        if (wants && outside.GatewayV6 is { } routerV6)
            all.Set("net_gateway_ipv6", routerV6.ToString());
        if (wants && options.Gateway is { } gateway)
            all.Set("route_vpn_gateway", gateway.ToString());
        int v4 = 0;
        int v6 = 0;
        foreach (PulledRoute route in options.Routes)
        {
            if (route.Network is not { } network)
                continue;
            bool isV6 = network.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6;
            string name = isV6 ? "route_ipv6" : "route";
            int number = isV6 ? ++v6 : ++v4;
            all.Set($"{name}_network_{number}", isV6 ? network.ToString() : network.BaseAddress.ToString());
            if (!isV6)
                all.Set($"route_netmask_{number}", Mask(network.PrefixLength));
            IPAddress? by = route.Via == RouteVia.Outside ? (isV6 ? outside.GatewayV6 : outside.Gateway) : route.Gateway ?? (isV6 ? options.AddressV6?.Peer : null);
            if (by is not null)
                all.Set($"{name}_gateway_{number}", by.ToString());
            if (route.Metric is { } metric)
                all.Set($"{name}_metric_{number}", metric);
        }
    }

    private static void SetNameServers(ScriptEnvironment all, PulledDns dns)
    {
        for (int i = 0; dns.HasOption && i < dns.SearchDomains.Count; i++)
            all.Set($"dns_search_domain_{i + 1}", dns.SearchDomains[i]);
        for (int i = 0; i < dns.Servers.Count; i++)
        {
            PulledNameServer server = dns.Servers[i];
            string name = $"dns_server_{i + 1}";
            for (int j = 0; j < server.Addresses.Count; j++)
            {
                all.Set($"{name}_address_{j + 1}", server.Addresses[j].Address.ToString());
                if (server.Addresses[j].Port != 0)
                    all.Set($"{name}_port_{j + 1}", server.Addresses[j].Port);
            }
            for (int j = 0; j < server.ResolveDomains.Count; j++)
                all.Set($"{name}_resolve_domain_{j + 1}", server.ResolveDomains[j]);
            SetSome(all, $"{name}_dnssec", server.Dnssec);
            SetSome(all, $"{name}_transport", server.Transport);
            SetSome(all, $"{name}_sni", server.ServerName);
        }
    }

    private static void SetSome(ScriptEnvironment all, string name, string? value)
    {
        if (value is not null)
            all.Set(name, value);
    }

    private static string Mask(int length) => new IPAddress(IPAddress.HostToNetworkOrder((int)(length == 0 ? 0 : uint.MaxValue << (32 - length))) & 0xffffffffL).ToString();

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
