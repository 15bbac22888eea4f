// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Settings;

/// <content>Directives that belong to the other role, or that want another one beside them: refused as the reference does.</content>
public sealed partial class TunnelConfigurationBuilder
{
    private static readonly HashSet<string> s_ofServers =
    [
        "client-to-client", "duplicate-cn", "ifconfig-pool", "ifconfig-pool-persist", "ifconfig-ipv6-pool", "connect-freq", "client-config-dir",
        "ccd-exclusive", "client-connect", "client-disconnect", "learn-address", "auth-user-pass-verify", "auth-user-pass-file", "auth-gen-token",
        "username-as-common-name", "verify-client-cert", "auth-user-pass-optional", "hash-size", "opt-verify", "stale-routes-check",
    ];

    // Harmless there, but for nothing.
    private static readonly HashSet<string> s_idleWithoutClients =
        ["push", "max-clients", "max-routes-per-client", "tcp-queue-limit", "connect-freq-initial", "auth-gen-token-secret"];

    private static readonly HashSet<string> s_idleInServers =
    [
        "pull-filter", "route-nopull", "auth-retry", "static-challenge", "push-peer-info", "remote-random", "remote-random-hostname", "allow-pull-fqdn",
        "block-ipv6",
    ];

    private void CheckRoles(IReadOnlyList<Directive> directives)
    {
        ServerDirectives server = _made.Server;
        foreach (Directive d in directives)
        {
            if (_keepAlive is not null && d.Name is ("ping" or "ping-exit" or "ping-restart"))
                Error(d, "--keepalive conflicts with --ping, --ping-exit, or --ping-restart.  If you use --keepalive, you don't need any of the other --ping directives.");
            else if (!server.HasClients && s_ofServers.Contains(d.Name))
                Error(d, $"--{d.Name} requires --mode server");
            else if (!server.HasClients && s_idleWithoutClients.Contains(d.Name))
                Note(d, $"{d.Name}: without effect; only a server with clients (server, mode server) has a use for it");
            else if (server.HasClients && s_idleInServers.Contains(d.Name))
                Note(d, $"{d.Name}: without effect in a server; it belongs to the client");
            else if (server.HasClients && ServerProblem(d) is { } problem)
                Error(d, problem);
        }
    }

    private string? ServerProblem(Directive d) => d.Name switch
    {
        "auth-user-pass" => "--auth-user-pass cannot be used with --mode server (it should be used on the client side only)",
        "remote" => "--remote cannot be used with --mode server",
        "nobind" => "--nobind doesn't make sense unless used with --remote",
        "redirect-gateway" or "redirect-private" => $"--{d.Name} cannot be used with --mode server (however --push \"{d.Name}\" is fine)",
        "up-delay" => "--up-delay cannot be used with --mode server",
        "ccd-exclusive" when _made.Server.ClientDirectory is null => "--ccd-exclusive must be used with --client-config-dir",
        "username-as-common-name" when _made.Scripts.PasswordVerify is null && _made.Server.PasswordFile is null =>
            "--username-as-common-name must be used with an --auth-user-pass-verify script, or --auth-user-pass-file",
        "server-bridge" when _made.Server.Network is not null => "--server and --server-bridge cannot be used together",
        "server-bridge" when !_made.IsTap => "--server-bridge directive only makes sense with --dev tap",
        "ifconfig-pool" when _made.Server is { Network: not null, HasNoPool: false } =>
            "--server already defines an ifconfig-pool, so you can't also specify --ifconfig-pool explicitly",
        _ => null,
    };
}
