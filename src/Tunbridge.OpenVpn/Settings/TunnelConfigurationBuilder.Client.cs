// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Settings;

/// <content>A client's connections, and the options that both sides may have.</content>
public sealed partial class TunnelConfigurationBuilder
{
    private bool ApplyClient(Directive d)
    {
        ClientDirectives client = _made.Client;
        ClientDirectives? changed = d.Name switch
        {
            "auth-retry" => client with { AuthRetry = Retry(d) },
            "connect-retry" => client with { RetryDelay = RetryDelay(d), RetryDelayMaximum = RetryDelayMaximum(d) },
            "connect-retry-max" => client with { RetryRounds = d.Parameters[0] is "unlimited" or "0" ? null : Number(d, 0, 1, int.MaxValue, 1) },
            "connect-timeout" or "server-poll-timeout" => client with { ConnectTimeout = Seconds(d) },
            "resolv-retry" => client with { ResolveTimeout = d.Parameters[0] == "infinite" ? null : Seconds(d) },
            "float" => client with { Floats = true },
            "persist-tun" => client with { KeepsCard = true },
            "persist-key" => client with { KeepsKeys = true },
            "auth-nocache" => client with { ForgetsCredentials = true },
            "remote-random-hostname" => client with { RandomizesNames = true },
            "push-peer-info" => client with { TellsMore = true },
            "route-nopull" => client with { RefusesRoutes = true },
            "route-noexec" => client with { SetsNoRoutes = true },
            "ifconfig-noexec" => client with { SetsNoAddresses = true },
            "allow-pull-fqdn" => client with { AllowsNames = true },
            "static-challenge" => client with { StaticChallenge = d.Parameters[0], StaticChallengeEchoes = Number(d, 1, 0, 1, 0) == 1 },
            _ => null,
        };
        _made = _made with { Client = changed ?? client };
        return changed is not null || ApplyOption(d);
    }

    // What a server could push as well: kept as the text that a push would have.
    private bool ApplyOption(Directive d)
    {
        switch (d.Name)
        {
            case "pull-filter":
                PullFilterAction? action = d.Parameters[0] switch
                {
                    "accept" => PullFilterAction.Accept,
                    "ignore" => PullFilterAction.Ignore,
                    "reject" => PullFilterAction.Reject,
                    _ => null,
                };
                if (action is null)
                    Error(d, $"pull-filter: '{d.Parameters[0]}' is none of accept, ignore, reject");
                else
                    _filters.Add(new() { Action = action.Value, Prefix = d.Parameters[1] });
                return true;
            case "topology":
                Topology? topology = d.Parameters[0] switch
                {
                    "net30" => Topology.Net30,
                    "p2p" => Topology.PointToPoint,
                    "subnet" => Topology.Subnet,
                    _ => null,
                };
                if (topology is null)
                    Error(d, $"topology: '{d.Parameters[0]}' is none of net30, p2p, subnet");
                _made = _made with { Topology = topology ?? Topology.Net30 };
                break;
            case "route" or "route-ipv6" or "route-gateway" or "route-metric" or "redirect-gateway" or "redirect-private" or "dhcp-option" or
                "dns" or "ifconfig" or "ifconfig-ipv6" or "block-ipv6":
                break;
            default:
                return false;
        }
        _options.Add(OptionText.Join(d.Name, d.Parameters));
        if (Client.PulledOptions.ProblemWith(_options[^1]) is { } problem)
            Error(d, problem);
        return true;
    }

    private AuthRetry Retry(Directive d)
    {
        AuthRetry? retry = d.Parameters[0] switch
        {
            "none" => AuthRetry.None,
            "nointeract" => AuthRetry.NoInteract,
            "interact" => AuthRetry.Interact,
            _ => null,
        };
        if (retry is null)
            Error(d, $"auth-retry: '{d.Parameters[0]}' is none of none, nointeract, interact");
        return retry ?? AuthRetry.None;
    }

    private TimeSpan RetryDelay(Directive d) => TimeSpan.FromSeconds(Number(d, 0, 1, 86400, 1));

    private TimeSpan RetryDelayMaximum(Directive d) => TimeSpan.FromSeconds(Math.Max(Number(d, 0, 1, 86400, 1), Number(d, 1, 1, 86400, 300)));
}
