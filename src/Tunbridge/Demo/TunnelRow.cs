// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Demo;

/// <summary>One pairing of a server and a client.</summary>
internal sealed record TunnelRow
{
    internal required string Server { get; init; }

    internal required string Client { get; init; }

    /// <summary>From the client's start to its last word of initialization; null when that never came.</summary>
    internal TimeSpan? Connected { get; init; }

    internal required RoundTrips Pings { get; init; }

    /// <summary>Bits a second of one TCP stream from the client to the server.</summary>
    internal double ToServer { get; init; }

    /// <summary>The other way.</summary>
    internal double ToClient { get; init; }

    /// <summary>What the programs said last, when they did not connect.</summary>
    internal string Trouble { get; init; } = "";

    internal bool IsWhole => Connected is not null && Pings.Answered == Pings.Sent && ToServer > 0 && ToClient > 0;
}
