// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.OpenVpn.Settings;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>A client at one moment.</summary>
public sealed record OpenVpnClientStatus
{
    /// <summary>How far it has come.</summary>
    public required OpenVpnClientState State { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The server being tried or connected to; null before the first.</summary>
    public RemoteEndpoint? Remote { get; init; }

    /// <summary>Its address and port; null before it is resolved.</summary>
    public IPEndPoint? RemoteAddress { get; init; }

    /// <summary>The card's name; null while there is none.</summary>
    public string? Device { get; init; }

    /// <summary>The tunnel's IPv4 address; null without.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>The tunnel's IPv6 address; null without.</summary>
    public IPAddress? AddressV6 { get; init; }

    /// <summary>The cipher agreed on; null while not connected.</summary>
    public string? Cipher { get; init; }

    /// <summary>Packets and bytes of all connections so far; null before the first was made.</summary>
    public PeerCounters? Counters { get; init; }

    /// <summary>What the data path of this connection has dropped; counts on. Null while there is none.</summary>
    public DropCounters? Drops { get; init; }

    /// <summary>How often the connection was made anew.</summary>
    public int Restarts { get; init; }

    /// <summary>Why it last restarted, in openvpn's word: ping-restart, tls-error …; null when it has not.</summary>
    public string? LastRestart { get; init; }
}
