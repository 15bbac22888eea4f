// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Settings;

/// <summary>What a configuration says about a client's connections and about what it takes from the server.</summary>
public sealed record ClientDirectives
{
    /// <summary>After refused credentials.</summary>
    public AuthRetry AuthRetry { get; init; }

    /// <summary>The wait before the next try (<c>connect-retry</c>).</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What that wait grows to, doubling once every remote has failed five times.</summary>
    public TimeSpan RetryDelayMaximum { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Rounds over all remotes until the client gives up (<c>connect-retry-max</c>); null: never.</summary>
    public int? RetryRounds { get; init; }

    /// <summary>How long a TCP connection and the first answer may take (<c>connect-timeout</c>).</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>How long a name is tried to be resolved (<c>resolv-retry</c>); null: without end.</summary>
    public TimeSpan? ResolveTimeout { get; init; }

    /// <summary>A remote's name gets random letters and a dot in front, so that no cache answers for it (<c>remote-random-hostname</c>).</summary>
    public bool RandomizesNames { get; init; }

    /// <summary>Answers from any address count when they are authentic (<c>float</c>).</summary>
    public bool Floats { get; init; }

    /// <summary>The card stays over a reconnection (<c>persist-tun</c>).</summary>
    public bool KeepsCard { get; init; }

    /// <summary>Key files are not read again (<c>persist-key</c>).</summary>
    public bool KeepsKeys { get; init; }

    /// <summary>Credentials are forgotten once they are sent (<c>auth-nocache</c>).</summary>
    public bool ForgetsCredentials { get; init; }

    /// <summary>The question of a static challenge; null for none.</summary>
    public string? StaticChallenge { get; init; }

    /// <summary>The answer to it may be shown while it is typed.</summary>
    public bool StaticChallengeEchoes { get; init; }

    /// <summary>More is told about this host (<c>push-peer-info</c>).</summary>
    public bool TellsMore { get; init; }

    /// <summary>Routes and name servers that the server pushes are not taken (<c>route-nopull</c>).</summary>
    public bool RefusesRoutes { get; init; }

    /// <summary>Routes are known to scripts only (<c>route-noexec</c>).</summary>
    public bool SetsNoRoutes { get; init; }

    /// <summary>Addresses are known to scripts only (<c>ifconfig-noexec</c>).</summary>
    public bool SetsNoAddresses { get; init; }

    /// <summary>Filters over pushed options, in order.</summary>
    public IReadOnlyList<PullFilter> Filters { get; init; } = [];

    /// <summary>Pushed routes may have names (<c>allow-pull-fqdn</c>).</summary>
    public bool AllowsNames { get; init; }

    /// <summary>
    /// This side's own options of the kinds that a server pushes, too (ifconfig, route, dns …), each as one text; read by
    /// <see cref="Tunbridge.OpenVpn.Client.PulledOptions"/> before the pushed ones.
    /// </summary>
    public IReadOnlyList<string> Options { get; init; } = [];
}
