// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Devices;

/// <summary>How a <see cref="Hub"/> treats one port.</summary>
public sealed record HubPortOptions
{
    /// <summary>What the port is called in messages.</summary>
    public string Name { get; init; } = "";

    /// <summary>Whether frames pass only between it and ports that are not isolated.</summary>
    public bool IsIsolated { get; init; }

    /// <summary>
    /// Broadcast frames a second that may come in by it; null for any number. A superpacket counts as its segments.
    /// </summary>
    public int? BroadcastsPerSecond { get; init; }

    /// <summary>Multicast frames a second that may come in by it, broadcasts not counted; null for any number.</summary>
    public int? MulticastsPerSecond { get; init; }
}
