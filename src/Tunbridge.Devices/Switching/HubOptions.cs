// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Packets.Switching;

namespace Tunbridge.Devices;

/// <summary>How a <see cref="Hub"/> works.</summary>
public sealed record HubOptions
{
    /// <summary>The bounds of what it learns; the seed is replaced by a random one.</summary>
    public LearningTableOptions Table { get; init; } = new();

    /// <summary>Where the time comes from; null for the system's clock.</summary>
    public TimeProvider? Time { get; init; }

    /// <summary>
    /// Called when a port's reading has failed and it was taken out; from the port's thread, which it should not keep. Null
    /// for nobody.
    /// </summary>
    public Action<HubPort>? PortFailed { get; init; }
}
