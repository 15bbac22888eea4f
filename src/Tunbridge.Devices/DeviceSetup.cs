// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Packets;

namespace Tunbridge.Devices;

/// <summary>An opened card on its way into a <see cref="VirtualDevice"/>.</summary>
internal sealed record DeviceSetup
{
    internal required DeviceLayer Layer { get; init; }

    internal required IReadOnlyList<DeviceQueue> Queues { get; init; }

    internal required Offload Offload { get; init; }

    internal required bool WasCreated { get; init; }

    internal required string ClonePath { get; init; }
}
