// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.Linux;
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Server;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>Where a client's datagrams come from, as a key: an address over UDP, a connection over TCP.</summary>
internal readonly record struct ClientKey(DatagramAddress Remote, long Connection)
{
    internal static ClientKey Of(in LinkPath path) => path.Connection == 0 ? new(path.Path.Remote, 0) : new(default, path.Connection);
}

/// <summary>One client's session with all that a server knows of it.</summary>
/// <remarks>The owner task's, but for what the status reads: that is written once, before <see cref="IsConnected"/>, or atomic.</remarks>
internal sealed class ServerClient(long id, Session session, LinkPath path, DateTimeOffset since)
{
    private volatile bool _isConnected;

    internal long Id { get; } = id;

    internal Session Session { get; } = session;

    internal LinkPath Path { get; set; } = path;

    internal DateTimeOffset Since { get; } = since;

    internal ClientKey Key => ClientKey.Of(Path);

    // How far it is.

    /// <summary>Taken out: nothing is done for it any more, whatever still was under way.</summary>
    internal bool IsGone { get; set; }

    /// <summary>Nothing is sent to it before a script has judged its key.</summary>
    internal bool IsHeld { get; set; }

    /// <summary>At its address there is another session, which it replaces once it is let in.</summary>
    internal bool IsNewcomer { get; set; }

    internal bool IsConnected
    {
        get => _isConnected;
        set => _isConnected = value;
    }

    /// <summary>Scripts have heard that it is there, and hear when it goes; it need not be connected yet.</summary>
    internal bool IsAnnounced { get; set; }

    /// <summary>Its earliest entry in the queue of times.</summary>
    internal DateTimeOffset? QueuedAt { get; set; }

    // Who it is.

    internal string? CommonName { get; set; }

    internal string? Username { get; set; }

    /// <summary>The certificates that it came with, which must stay the same: SHA-256 of each.</summary>
    internal IReadOnlyList<ReadOnlyMemory<byte>>? Fingerprints { get; set; }

    /// <summary>The login that its tokens belong to; null without.</summary>
    internal byte[]? TokenSession { get; set; }

    internal long FirstLogin { get; set; }

    internal ScriptEnvironment? Environment { get; set; }

    // What it has.

    /// <summary>The number that is set aside for it.</summary>
    internal uint? Slot { get; set; }

    /// <summary>From the pool.</summary>
    internal PoolLease? Lease { get; set; }

    internal string? Cipher { get; set; }

    internal SessionChannel? Channel { get; set; }

    internal TunnelPeer? Peer { get; set; }

    internal IPAddress? Address { get; set; }

    internal IPAddress? AddressV6 { get; set; }

    /// <summary>The networks that lead to it.</summary>
    internal List<IPNetwork> Networks { get; } = [];

    /// <summary>Bytes of the handshake; the peer's counters begin behind it.</summary>
    internal long ControlReceived;

    internal long ControlSent;

    internal long BytesReceived => Interlocked.Read(ref ControlReceived) + (Peer?.Counters.WireBytesReceived ?? 0);

    internal long BytesSent => Interlocked.Read(ref ControlSent) + (Peer?.Counters.WireBytesSent ?? 0);

    /// <summary>What its lines begin with.</summary>
    internal string Label => CommonName is null ? Path.Path.Remote.ToString() : $"{CommonName}/{Path.Path.Remote}";

    /// <summary>Whether both showed the same certificates, and at least one.</summary>
    internal bool HasCertificatesOf(ServerClient other) =>
        Fingerprints is { Count: > 0 } && other.Fingerprints is not null && HasFingerprints(other.Fingerprints);

    internal bool HasFingerprints(IReadOnlyList<ReadOnlyMemory<byte>> others)
    {
        if (Fingerprints is null || Fingerprints.Count != others.Count)
            return false;
        for (int i = 0; i < others.Count; i++)
        {
            if (!Fingerprints[i].Span.SequenceEqual(others[i].Span))
                return false;
        }
        return true;
    }
}
