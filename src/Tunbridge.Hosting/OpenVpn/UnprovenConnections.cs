// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Hosting.OpenVpn;

/// <summary>
/// The TCP connections of clients that are not let in yet, of which a source may hold so many, and when those end that say nothing.
/// </summary>
/// <remarks>A source is an IPv4 address or a /64 of IPv6. Not thread-safe.</remarks>
internal sealed class UnprovenConnections(int perSource)
{
    private readonly Dictionary<long, Entry> _entries = [];
    private readonly Dictionary<UInt128, int> _sources = [];
    private readonly LinkedList<(DateTimeOffset Until, LinkPath Path)> _silent = [];

    /// <summary>When the next one has said nothing for too long, unless it is gone by then; null for never.</summary>
    internal DateTimeOffset? NextTime => _silent.First?.Value.Until;

    /// <summary>The most of one source, with so many connections in all.</summary>
    internal static int LimitFor(int maximumConnections) => Math.Max(4, maximumConnections / 4);

    /// <summary>Takes one in; times only grow.</summary>
    /// <returns>False when its source has enough.</returns>
    internal bool TryAdd(in LinkPath path, DateTimeOffset until)
    {
        UInt128 source = HalfOpenClients.SourceOf(path.Path.Remote);
        int held = _sources.GetValueOrDefault(source);
        if (held >= perSource)
            return false;
        _sources[source] = held + 1;
        _entries.Add(path.Connection, new(source, _silent.AddLast((until, path))));
        return true;
    }

    internal bool Contains(in LinkPath path) => _entries.ContainsKey(path.Connection);

    /// <summary>It is let in, or has ended; nothing happens when it is not there.</summary>
    internal void Remove(in LinkPath path)
    {
        if (!_entries.Remove(path.Connection, out Entry entry))
            return;
        if (entry.Silent.List is not null)
            _silent.Remove(entry.Silent);
        if (--_sources[entry.Source] == 0)
            _sources.Remove(entry.Source);
    }

    /// <summary>One whose time to say something is over; it counts until it is removed.</summary>
    internal bool TryTakeDue(DateTimeOffset now, out LinkPath path)
    {
        path = default;
        if (_silent.First is not { } first || first.Value.Until > now)
            return false;
        path = first.Value.Path;
        _silent.RemoveFirst();
        return true;
    }

    private readonly record struct Entry(UInt128 Source, LinkedListNode<(DateTimeOffset Until, LinkPath Path)> Silent);
}
