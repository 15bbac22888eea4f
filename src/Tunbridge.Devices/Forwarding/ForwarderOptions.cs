// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Devices;

/// <summary>How a <see cref="Forwarder"/> works.</summary>
public sealed record ForwarderOptions
{
    /// <summary>What it does with superpackets.</summary>
    public ForwardingMode Mode { get; init; }

    /// <summary>
    /// Where passing packets are recorded, each once, as the first card sees them: its own outbound, those of the second
    /// inbound. Null for nowhere. Stays the caller's.
    /// </summary>
    public PacketTap? Tap { get; init; }

    /// <summary>
    /// Called when a card goes, comes back, or is there but cannot be attached to; from a thread of the forwarder, which
    /// it should not keep, and which <see cref="Forwarder.Dispose"/> would wait for. Null for nobody.
    /// </summary>
    public Action<JoinedCardState>? CardChanged { get; init; }
}
