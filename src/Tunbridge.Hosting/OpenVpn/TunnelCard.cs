// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Packets;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>An open card: its name and its queues.</summary>
public sealed record TunnelCard : IDisposable
{
    /// <summary>The name that the kernel gave it.</summary>
    public required string Name { get; init; }

    /// <summary>Its queues, one for each thread.</summary>
    public required IReadOnlyList<IPacketQueue> Queues { get; init; }

    /// <summary>What closes the card, queues included.</summary>
    public required IDisposable Owner { get; init; }

    /// <summary>Closes the card.</summary>
    public void Dispose() => Owner.Dispose();
}
