// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Tunbridge.Changes;

/// <summary>The name servers of a card.</summary>
public sealed record ResolverEntry
{
    /// <summary>The servers, the first one first.</summary>
    public IReadOnlyList<IPAddress> Servers { get; init; } = [];

    /// <summary>Domains that are searched.</summary>
    public IReadOnlyList<string> Search { get; init; } = [];

    /// <summary>
    /// Domains whose names are asked of these servers and of no others, without being searched; a dot alone is every name. Only
    /// systemd-resolved can do it.
    /// </summary>
    public IReadOnlyList<string> Routed { get; init; } = [];

    /// <summary>Such as <c>192.0.2.53 search example.org</c>.</summary>
    public override string ToString()
    {
        List<string> words = [.. Servers.Select(s => s.ToString())];
        if (Search.Count > 0)
            words.AddRange(["search", .. Search]);
        if (Routed.Count > 0)
            words.AddRange(["only for", .. Routed]);
        return string.Join(' ', words);
    }
}
