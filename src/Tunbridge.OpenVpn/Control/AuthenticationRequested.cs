// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Control;

/// <summary>A server has to judge a client: answer with <see cref="Session.Accept"/> or <see cref="Session.Reject"/>.</summary>
public sealed record AuthenticationRequested : SessionEvent
{
    /// <summary>The key that it is asked for: 0 for the first time, others on renegotiation.</summary>
    public required byte KeyId { get; init; }

    /// <summary>The user's name, without control characters; empty for none.</summary>
    public required string Username { get; init; }

    /// <summary>The password; whoever takes the event disposes it.</summary>
    public required SecretBytes Password { get; init; }

    /// <summary>What the client told about itself.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> PeerInfo { get; init; }

    /// <summary>The client's verified certificates, its own first; empty when it showed none.</summary>
    public required IReadOnlyList<PeerCertificate> Certificates { get; init; }
}
