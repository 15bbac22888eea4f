// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;

namespace Tunbridge.Hosting;

/// <content>Name servers.</content>
public sealed partial class TunnelHost
{
    private const int LongestDomain = 253;

    /// <summary>Whether name servers are told to anybody.</summary>
    public bool HasResolver => _resolver is not null;

    private static ProgramChange TellResolver(HostResolver resolver, string card, ResolverEntry? entry) => entry is null
        ? new(card, "forget-dns", $"have {resolver.Name} forget the name servers of {card}", resolver.ShowForget(card), ChangePhase.Serve)
        {
            Run = () => resolver.Forget(card),
            TakeBack = () => resolver.Forget(card),
        }
        : new(card, "set-dns", $"tell {resolver.Name} the name servers of {card}: {entry}", resolver.ShowTell(card, entry), ChangePhase.Serve)
        {
            After = entry.ToString(),
            Run = () => resolver.Tell(card, entry),
            TakeBack = () => resolver.Forget(card),
        };

    private ResolverEntry? EntryOf(HostDemand demand, out IReadOnlyList<string> refused)
    {
        List<string> notes = [];
        refused = notes;
        if (demand.NameServers.Count == 0)
            return null;
        if (_resolver is null && !_options.LeavesResolver && _demand is null)
            notes.Add("neither systemd-resolved nor resolvconf is on this host, so nobody is told the tunnel's name servers: " + string.Join(", ", demand.NameServers));
        if (_options.LeavesResolver && _demand is null)
            notes.Add("this host's resolver is told name servers by root alone, so nobody is told the tunnel's: " + string.Join(", ", demand.NameServers));
        return new()
        {
            Servers = demand.NameServers,
            Search = Domains(demand.SearchDomains, notes),
            // Whose names it is to resolve is not said: all.
            Routed = demand.ResolveDomains.Count == 0 ? ["."] : Domains(demand.ResolveDomains, notes),
        };
    }

    // The server wrote them, and they become words of a command.
    private static List<string> Domains(IReadOnlyList<string> pushed, List<string> notes)
    {
        List<string> domains = [];
        foreach (string domain in pushed)
        {
            bool isDomain = domain.Length is > 0 and <= LongestDomain && domain[0] is not ('-' or '~') &&
                domain.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
            if (isDomain)
                domains.Add(domain);
            else
                notes.Add("a domain that the server pushed is left out: it is no name of letters, digits, '-', '_' and dots");
        }
        return domains;
    }

    private void Forget(HostResolver resolver, string card)
    {
        try
        {
            resolver.Forget(card);
        }
        catch (IOException e)
        {
            // resolved knows nothing of a card that is gone already.
            _options.Log.Write(3, $"NOTE: {e.Message}");
        }
    }
}
