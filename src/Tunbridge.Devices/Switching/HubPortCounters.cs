// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Devices;

/// <summary>What passed a port of a <see cref="Hub"/>. A superpacket counts as one frame, with all its bytes.</summary>
public sealed record HubPortCounters
{
    /// <summary>Frames that came in.</summary>
    public long Received { get; init; }

    /// <summary>Their bytes.</summary>
    public long ReceivedBytes { get; init; }

    /// <summary>Frames that went out.</summary>
    public long Sent { get; init; }

    /// <summary>Their bytes.</summary>
    public long SentBytes { get; init; }

    /// <summary>Frames that were to go out and that the port did not take; its queue's refusals tell why.</summary>
    public long Refused { get; init; }

    /// <summary>Frames that came in and went to every other port: group addresses, and addresses not learned.</summary>
    public long Flooded { get; init; }

    /// <summary>Frames that came in for an address behind this very port, or that isolation keeps from going on.</summary>
    public long Filtered { get; init; }

    /// <summary>Frames that came in for a reserved group address, which no bridge passes on.</summary>
    public long Reserved { get; init; }

    /// <summary>Frames that came in shorter than a header, or with a source that no station has.</summary>
    public long Invalid { get; init; }

    /// <summary>Broadcast frames above the limit.</summary>
    public long BroadcastLimited { get; init; }

    /// <summary>Multicast frames above the limit.</summary>
    public long MulticastLimited { get; init; }

    /// <summary>Addresses known behind the port now.</summary>
    public int Addresses { get; init; }

    /// <summary>Addresses that came to this port from another.</summary>
    public long Moved { get; init; }

    /// <summary>Sources that were not learned because the port or the table is full.</summary>
    public long NotLearned { get; init; }
}
