// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.Tunnels;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.Hosting;

/// <summary>For servers on a TUN: packets go to the peer whose network is the nearest to their destination.</summary>
/// <remarks>
/// <para>
/// A packet of a peer must have a source address that leads to that peer; link-local ones of IPv6, which every host has, are
/// dropped without a word. Multicast and broadcast of the card go to all peers; those of a peer to the card and, with
/// <see cref="ClientToClient"/>, to all other peers.
/// </para>
/// <para>Thread-safe.</para>
/// </remarks>
public sealed class RoutedPeerRouter : PeerRouter
{
    private const int Ipv4Size = 20, Ipv4Source = 12, Ipv4Destination = 16;
    private const int Ipv6Size = 40, Ipv6Source = 8, Ipv6Destination = 24;
    private const uint FirstMulticast = 0xe000_0000, LastMulticast = 0xefff_ffff;

    private readonly RoutingTable<TunnelPeer> _routes = new();
    private readonly uint _broadcast = uint.MaxValue;

    /// <summary>Packets between two peers are forwarded here; otherwise the card gets them, and the kernel decides.</summary>
    public bool ClientToClient { get; init; }

    /// <summary>The broadcast address of the tunnel's IPv4 network, beside 255.255.255.255; null for none.</summary>
    public IPAddress? Broadcast
    {
        get => _broadcast == uint.MaxValue ? null : new IPAddress([.. BitConverter.GetBytes(ReverseEndianness(_broadcast))]);
        init => _broadcast = value is null ? uint.MaxValue : ReadUInt32BigEndian(value.MapToIPv4().GetAddressBytes());
    }

    /// <summary>Leads a network to a peer; replaces the route of exactly this network.</summary>
    /// <param name="network">The network; a single address with its full prefix length.</param>
    /// <param name="peer">The peer.</param>
    public void AddRoute(IPNetwork network, TunnelPeer peer)
    {
        ArgumentNullException.ThrowIfNull(peer);
        _routes.Add(network, peer);
    }

    /// <summary>Takes a route out, if it leads to this peer.</summary>
    /// <param name="network">The network, as it was added.</param>
    /// <param name="peer">The peer.</param>
    /// <returns>Whether it was there.</returns>
    public bool RemoveRoute(IPNetwork network, TunnelPeer peer) => _routes.Remove(network, peer);

    /// <inheritdoc/>
    public override RouteDecision FromCard(ReadOnlySpan<byte> packet, long nowMilliseconds)
    {
        bool isGroup = TryFind(packet, Ipv4Destination, Ipv6Destination, out TunnelPeer? peer);
        if (isGroup)
            return new() { ToAll = true };
        return peer is not null ? new() { Peer = peer } : new() { Drop = DropReason.NoRoute };
    }

    /// <inheritdoc/>
    public override RouteDecision FromPeer(TunnelPeer sender, ReadOnlySpan<byte> packet, long nowMilliseconds)
    {
        _ = TryFind(packet, Ipv4Source, Ipv6Source, out TunnelPeer? source);
        if (source != sender || source is null)
            return new() { Drop = IsLinkLocal(packet) ? DropReason.NoRoute : DropReason.WrongSource };
        if (!ClientToClient)
            return new() { ToCard = true };
        bool isGroup = TryFind(packet, Ipv4Destination, Ipv6Destination, out TunnelPeer? target);
        if (isGroup)
            return new() { ToCard = true, ToAll = true };
        return target is null || target == sender ? new() { ToCard = true } : new() { Peer = target };
    }

    /// <inheritdoc/>
    public override void AddPeer(TunnelPeer peer) => ArgumentNullException.ThrowIfNull(peer);

    /// <inheritdoc/>
    public override void RemovePeer(TunnelPeer peer) => _routes.RemoveAll(peer);

    // Looks one of the packet's addresses up; true for a multicast or broadcast one.
    private bool TryFind(ReadOnlySpan<byte> packet, int v4, int v6, out TunnelPeer? peer)
    {
        peer = null;
        if (packet.Length >= Ipv4Size && packet[0] >> 4 == 4)
        {
            uint address = ReadUInt32BigEndian(packet[v4..]);
            if (address is (>= FirstMulticast and <= LastMulticast) or uint.MaxValue || address == _broadcast)
                return true;
            _ = _routes.TryFind(address, out peer);
        }
        else if (packet.Length >= Ipv6Size && packet[0] >> 4 == 6)
        {
            if (packet[v6] == 0xff)
                return true;
            _ = _routes.TryFind(ReadUInt128BigEndian(packet[v6..]), out peer);
        }

        return false;
    }

    private static bool IsLinkLocal(ReadOnlySpan<byte> packet) =>
        packet.Length >= Ipv6Size && packet[0] >> 4 == 6 && packet[Ipv6Source] == 0xfe && (packet[Ipv6Source + 1] & 0xc0) == 0x80;
}
