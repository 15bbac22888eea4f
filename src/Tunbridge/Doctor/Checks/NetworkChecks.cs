// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Tunbridge.Doctor.Facts;
using Tunbridge.Linux;
using static Tunbridge.Doctor.Check;

namespace Tunbridge.Doctor.Checks;

/// <summary>What existing cards and the stack's switches will do to traffic.</summary>
internal static class NetworkChecks
{
    private static readonly string[] s_filters = ["iptables", "ip6tables", "arptables"];

    /// <summary>All of them.</summary>
    public static IEnumerable<Check> All(NetworkFacts network)
    {
        if (network.Refusal is { } refusal)
        {
            yield return new() { Id = "cards", Status = CheckStatus.Skip, Summary = $"interfaces cannot be listed: {refusal}" };
            yield break;
        }

        yield return Access(network);
        yield return Prefixes(network);
        yield return Detached(network);
        yield return IPv6(network);
        yield return ReversePath(network);
        yield return BridgeFilter(network);
    }

    /// <summary>Persistent cards that any user may attach to.</summary>
    public static Check Access(NetworkFacts network)
    {
        CardFacts[] open = [.. network.Cards.Where(c => c is { IsPersistent: true, Owner: null, Group: null })];
        if (open.Length == 0)
            return Fine("access", "no card is open to every user");
        return new()
        {
            Id = "access",
            Status = CheckStatus.Warn,
            Summary = $"any user who can open {TunControl.ClonePath} may attach to {Names(open)}: persistent, " +
                "without owner and group",
            Evidence = [.. open.Select(c => Seen(c.Name, $"{c.KindWord}, persistent, no owner, no group"))],
            Fix = new()
            {
                Explanation = "Give each an owner; root counts as one.",
                Commands = [.. open.Select(c => $"tunbridge set {c.Name} --owner root{c.Force}")],
            },
        };
    }

    /// <summary>One prefix on two interfaces, of which at least one is a card.</summary>
    public static Check Prefixes(NetworkFacts network)
    {
        List<KeyValuePair<string, string>> evidence = [];
        List<string> commands = [];
        var byPrefix = network.Interfaces
            .SelectMany(i => i.Prefixes.Where(p => !IsLinkLocal(p)).Select(p => (Interface: i, Prefix: p)))
            .GroupBy(x => x.Prefix.Network);
        foreach (var group in byPrefix)
        {
            CardFacts[] sharing = [.. group.Select(x => x.Interface).DistinctBy(i => i.Name)];
            if (sharing.Length < 2 || !sharing.Any(i => i.IsCard))
                continue;
            evidence.Add(Seen(group.Key.ToString(), string.Join(", ", group.Select(x =>
                $"{x.Interface.Name} ({x.Prefix.Address}{(x.Interface.IsCard && !x.Interface.HasCarrier ? ", detached" : "")})"))));
            // The stale one of the two is most likely the card that nobody serves.
            CardFacts stale = sharing.FirstOrDefault(i => i is { IsCard: true, HasCarrier: false }) ?? sharing.Last(i => i.IsCard);
            commands.Add($"tunbridge delete {stale.Name}{stale.Force}");
        }

        if (evidence.Count == 0)
            return Fine("prefixes", "no two interfaces share a prefix with a card");
        return new()
        {
            Id = "prefixes",
            Status = CheckStatus.Warn,
            Summary = $"one prefix on several interfaces: " +
                $"{string.Join("; ", evidence.Select(e => $"{e.Key} on {e.Value}"))}",
            Evidence = evidence,
            Fix = new()
            {
                Explanation = "The kernel sends to the one whose route is older, even when nobody is attached to it: " +
                    "delete the stale card, or give one of them another prefix.",
                Commands = [.. commands.Distinct()],
            },
        };
    }

    /// <summary>Cards that are up with nobody attached, whose connected routes swallow packets.</summary>
    public static Check Detached(NetworkFacts network)
    {
        CardFacts[] dead =
        [
            .. network.Cards.Where(c => c is { IsUp: true, HasCarrier: false, Master: null } &&
                c.Prefixes.Any(p => !IsLinkLocal(p) && !IsSingle(p.Network) && !IsIgnored(network, c, p))),
        ];
        if (dead.Length == 0)
            return Fine("detached", "no detached card attracts routes");
        return new()
        {
            Id = "detached",
            Status = CheckStatus.Warn,
            Summary = $"nobody is attached to {Names(dead)}, yet routes lead there: packets for " +
                $"{string.Join(", ", dead.SelectMany(c => c.Prefixes.Where(p => !IsLinkLocal(p)).Select(p => p.Network)))} are lost",
            Evidence = [.. dead.Select(c => Seen(c.Name, $"up, no carrier (linkdown), {string.Join(", ", c.Prefixes.Select(p => p.Network))}"))],
            Fix = new()
            {
                Explanation = "Start the program that serves the card, take the card down, delete it, or let the " +
                    "kernel pass over routes of dead links.",
                Commands =
                [
                    .. dead.Select(c => $"tunbridge delete {c.Name}{c.Force}"),
                    .. dead.Select(c => $"sysctl -w net.ipv4.conf.{c.Name}.ignore_routes_with_linkdown=1"),
                ],
            },
        };
    }

    /// <summary>IPv6 switched off for everything, for new cards, or for one card.</summary>
    public static Check IPv6(NetworkFacts network)
    {
        if (network.Sysctl("net/ipv6/conf/all/disable_ipv6") is not { } all)
        {
            return new()
            {
                Id = "ipv6",
                Status = CheckStatus.Warn,
                Summary = "the kernel has no IPv6 here (ipv6.disable=1 at boot, or built without it): IPv6 addresses " +
                    "are refused",
                Fix = new() { Explanation = "Take ipv6.disable=1 off the kernel's command line and reboot; IPv4 works without." },
            };
        }

        List<string> off = [];
        if (all == 1)
            off.Add("all");
        if (network.Sysctl("net/ipv6/conf/default/disable_ipv6") == 1)
            off.Add("default");
        off.AddRange(network.Cards.Where(c => network.Sysctl($"net/ipv6/conf/{c.Name}/disable_ipv6") == 1).Select(c => c.Name));
        if (off.Count == 0)
            return Fine("ipv6", "IPv6 is on");
        return new()
        {
            Id = "ipv6",
            Status = CheckStatus.Warn,
            Summary = $"IPv6 is disabled for {string.Join(", ", off.Select(Scope))}: " +
                "an IPv6 address is refused there (\"Permission denied\" on old kernels, \"IPv6 is disabled on this " +
                    "device\" on new ones)",
            Evidence = [.. off.Select(n => Seen($"net.ipv6.conf.{n}.disable_ipv6", "1"))],
            Fix = new()
            {
                Explanation = "Switch it on where cards need it; IPv4 works without.",
                Commands = [.. off.Select(n => $"sysctl -w net.ipv6.conf.{n}.disable_ipv6=0")],
            },
        };
    }

    /// <summary>Strict reverse-path filtering on a card; the greater of all and the card's own counts.</summary>
    public static Check ReversePath(NetworkFacts network)
    {
        int all = network.Sysctl("net/ipv4/conf/all/rp_filter") ?? 0;
        List<(string Name, int Own)> strict = [];
        foreach (CardFacts card in network.Cards.Where(c => c.Master is null))
        {
            int own = network.Sysctl($"net/ipv4/conf/{card.Name}/rp_filter") ?? 0;
            if (Math.Max(all, own) == 1)
                strict.Add((card.Name, own));
        }

        if (strict.Count == 0)
            return Fine("rp-filter", $"no card has strict reverse-path filtering (net.ipv4.conf.all.rp_filter is {all})");
        return new()
        {
            Id = "rp-filter",
            Status = CheckStatus.Warn,
            Summary = $"strict reverse-path filtering on {string.Join(", ", strict.Select(s => s.Name))}: " +
                "packets from sources that are routed elsewhere are dropped without a word",
            Evidence =
            [
                Seen("net.ipv4.conf.all.rp_filter", $"{all}"),
                .. strict.Select(s => Seen($"net.ipv4.conf.{s.Name}.rp_filter", $"{s.Own}")),
            ],
            Fix = new()
            {
                Explanation = "Harmless while the card carries its own prefix only; for tunnels, loosen it: the " +
                    "greater of the two values counts, and 2 is loose.",
                Commands = [.. strict.Select(s => $"sysctl -w net.ipv4.conf.{s.Name}.rp_filter=2")],
            },
        };
    }

    /// <summary>Bridged TAPs whose frames pass through the firewall of the routed world.</summary>
    public static Check BridgeFilter(NetworkFacts network)
    {
        CardFacts[] bridged = [.. network.Cards.Where(c => c.Master is not null)];
        string[] on =
        [
            .. s_filters.Where(t => network.Sysctl($"net/bridge/bridge-nf-call-{t}") == 1).Select(t => $"net.bridge.bridge-nf-call-{t}"),
        ];
        if (bridged.Length == 0 || on.Length == 0)
            return Fine("bridge-filter", bridged.Length == 0 ? "no card is in a bridge" : "bridged frames pass by the firewall");
        return new()
        {
            Id = "bridge-filter",
            Status = CheckStatus.Warn,
            Summary = $"br_netfilter sends frames bridged by {Names(bridged)} through the FORWARD chain, whose " +
                "policy may drop them (Docker sets DROP)",
            Evidence = [.. on.Select(s => Seen(s, "1"))],
            Fix = new()
            {
                Explanation = "Let the bridge's own traffic pass, or keep bridged frames out of the firewall " +
                    "altogether.",
                Commands =
                [
                    .. bridged.Select(c => c.Master).Distinct().Select(m => $"iptables -I FORWARD -i {m} -o {m} -j ACCEPT"),
                    .. on.Select(s => $"sysctl -w {s}=0"),
                ],
            },
        };
    }

    private static string Scope(string name) => name switch
    {
        "all" => "every interface",
        "default" => "new cards",
        _ => name,
    };

    private static bool IsIgnored(NetworkFacts network, CardFacts card, ConnectedPrefix prefix)
    {
        string family = prefix.Address.AddressFamily == AddressFamily.InterNetworkV6 ? "ipv6" : "ipv4";
        // For both families the switch of all, or of the interface, is enough.
        return network.Sysctl($"net/{family}/conf/all/ignore_routes_with_linkdown") == 1 ||
            network.Sysctl($"net/{family}/conf/{card.Name}/ignore_routes_with_linkdown") == 1;
    }

    private static bool IsLinkLocal(ConnectedPrefix prefix) => prefix.Address.IsIPv6LinkLocal;

    private static bool IsSingle(IPNetwork network) =>
        network.PrefixLength == (network.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32);

    private static string Names(IEnumerable<CardFacts> cards) => string.Join(", ", cards.Select(c => c.Name));

    private static Check Fine(string id, string summary) => new() { Id = id, Status = CheckStatus.Ok, Summary = summary };
}
