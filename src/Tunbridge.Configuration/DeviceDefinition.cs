// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;
using Tunbridge.Netlink;

namespace Tunbridge.Configuration;

/// <summary>One card as a file declares it (<c>devices.NAME</c>).</summary>
public sealed record DeviceDefinition
{
    /// <summary>The card's name.</summary>
    public required string Name { get; init; }

    /// <summary>TUN or TAP (<c>kind</c>).</summary>
    public required CardKind Kind { get; init; }

    /// <summary>The user that may attach (<c>owner</c>, a name or a number); null for root only.</summary>
    public uint? Owner { get; init; }

    /// <summary>The group that may attach (<c>group</c>, a name or a number).</summary>
    public uint? Group { get; init; }

    /// <summary>The addresses (<c>addresses</c>).</summary>
    public IReadOnlyList<IpPrefix> Addresses { get; init; } = [];

    /// <summary>Whether it takes frames for others too (<c>promiscuous</c>).</summary>
    public bool Promiscuous { get; init; }

    /// <summary>The MTU in bytes (<c>mtu</c>); null for the kernel's 1500.</summary>
    public int? Mtu { get; init; }

    /// <summary>The MAC address (<c>mac</c>); null leaves the kernel's.</summary>
    public HardwareAddress? Mac { get; init; }

    /// <summary>The bridge it is a port of (<c>bridge</c>, or <c>bridge.name</c>).</summary>
    public string? Bridge { get; init; }

    /// <summary>Whether a missing bridge is made (<c>bridge.create</c>).</summary>
    public bool CreateBridge { get; init; }

    /// <summary>Whether it is set up (<c>up</c>), true unless said.</summary>
    public bool Up { get; init; } = true;

    /// <summary>Who decides about offloads (<c>offload</c>).</summary>
    public OffloadChoice Offload { get; init; }

    /// <summary>Where the name stands.</summary>
    public required SourcePosition Position { get; init; }

    /// <summary>Where each declared key stands, by its name below the device.</summary>
    public IReadOnlyDictionary<string, SourcePosition> KeyPositions { get; init; } =
        new Dictionary<string, SourcePosition>();

    /// <summary>Where a key stands, or the device when it is not declared.</summary>
    /// <param name="key">The key, such as <c>bridge</c>.</param>
    public SourcePosition PositionOf(string key) => KeyPositions.TryGetValue(key, out SourcePosition found) ? found : Position;
}
