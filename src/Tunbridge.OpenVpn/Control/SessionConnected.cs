// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Control;

/// <summary>The data channel works: options are there and the first key is.</summary>
public sealed record SessionConnected : SessionEvent
{
    /// <summary>A client: what the server pushed, without what the session itself applied; empty on a server.</summary>
    public required IReadOnlyList<string> Options { get; init; }

    /// <summary>The cipher agreed on.</summary>
    public required string Cipher { get; init; }

    /// <summary>The id that data packets carry; null without.</summary>
    public required uint? PeerId { get; init; }
}
