// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Tunbridge.Linux;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>
/// The clients that nobody has let in yet, of which there is a bounded number. When one more comes, the place is taken from the
/// source that holds the most: whoever floods crowds out himself.
/// </summary>
/// <remarks>A source is an IPv4 address or a /64 of IPv6. Not thread-safe.</remarks>
internal sealed class HalfOpenClients(int capacity)
{
    private readonly Dictionary<UInt128, List<ServerClient>> _sources = [];

    internal int Count { get; private set; }

    /// <summary>Takes one in.</summary>
    /// <returns>The one that has to go for it, the oldest of its source; null for none.</returns>
    internal ServerClient? Add(ServerClient client)
    {
        UInt128 source = SourceOf(client.Path.Path.Remote);
        if (!_sources.TryGetValue(source, out List<ServerClient>? clients))
            _sources[source] = clients = [];
        clients.Add(client);
        Count++;
        return Count <= capacity ? null : _sources.Values.MaxBy(list => list.Count)![0];
    }

    /// <summary>Takes one out; nothing happens when it is not there.</summary>
    internal void Remove(ServerClient client)
    {
        UInt128 source = SourceOf(client.Path.Path.Remote);
        if (!_sources.TryGetValue(source, out List<ServerClient>? clients) || !clients.Remove(client))
            return;
        Count--;
        if (clients.Count == 0)
            _sources.Remove(source);
    }

    internal static UInt128 SourceOf(DatagramAddress address)
    {
        if (address.IsNone)
            return 0;
        byte[] bytes = address.ToIPAddress().GetAddressBytes();
        return bytes.Length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : (UInt128)BinaryPrimitives.ReadUInt64BigEndian(bytes) << 64;
    }
}
