// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Packets;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting;

/// <summary>What a pump joins.</summary>
public sealed record TunnelPumpOptions
{
    /// <summary>
    /// The card's queues; stay the caller's. Each gets a thread. None, when the card is not there yet (a client opens it when it
    /// knows its options): then <see cref="TunnelPump.Attach"/> brings them.
    /// </summary>
    public IReadOnlyList<IPacketQueue> Queues { get; init; } = [];

    /// <summary>The wire; belongs to the pump from now on.</summary>
    public required ITunnelLink Link { get; init; }

    /// <summary>Tells data from control.</summary>
    public required IDatagramClassifier Classifier { get; init; }

    /// <summary>Hears of what is not data.</summary>
    public required IPumpOwner Owner { get; init; }

    /// <summary>Says where packets go.</summary>
    public required PeerRouter Router { get; init; }

    /// <summary>The tunnel's clock, the same as the sessions'.</summary>
    public TunnelClock Clock { get; init; } = TunnelClock.System;

    /// <summary>The most packets that a thread takes at once; fewer need less memory.</summary>
    public int BatchSize { get; init; } = 64;
}
