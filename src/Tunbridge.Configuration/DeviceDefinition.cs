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

    /// <summary>What it is for, in words (<c>description</c>); kept in its ifalias behind the mark.</summary>
    public string? Description { get; init; }

    /// <summary>Whether there is to be no such card of this file (<c>state: absent</c>).</summary>
    public bool IsAbsent { get; init; }

    /// <summary>The user that may attach (<c>owner</c>, a name or a number); null for root only.</summary>
    public uint? Owner { get; init; }

    /// <summary>The group that may attach (<c>group</c>, a name or a number).</summary>
    public uint? Group { get; init; }

    /// <summary>Whether several queues may attach (<c>multi-queue</c>).</summary>
    public bool MultiQueue { get; init; }

    /// <summary>How many queues Tunbridge's own programs open on it (<c>queues</c>); null when not said, which is one.</summary>
    public int? Queues { get; init; }

    /// <summary>Whether packets carry the 4-byte packet information (<c>packet-info</c>); null leaves it to who attaches.</summary>
    public bool? PacketInformation { get; init; }

    /// <summary>Whether packets carry a virtio header (<c>vnet-header</c>); null leaves it to who attaches.</summary>
    public bool? VirtioHeader { get; init; }

    /// <summary>Whether the service holds a queue so that the card keeps its carrier (<c>keep-carrier</c>).</summary>
    public bool KeepCarrier { get; init; }

    /// <summary>The addresses (<c>addresses</c>).</summary>
    public IReadOnlyList<DeviceAddress> Addresses { get; init; } = [];

    /// <summary>What is asked of a DHCP server (<c>dhcp</c>); null for nothing.</summary>
    public DeviceDhcp? Dhcp { get; init; }

    /// <summary>The routes over it (<c>routes</c>).</summary>
    public IReadOnlyList<DeviceRoute> Routes { get; init; } = [];

    /// <summary>The policy rules that go with it (<c>rules</c>).</summary>
    public IReadOnlyList<DeviceRule> Rules { get; init; } = [];

    /// <summary>Its name servers (<c>dns</c>); null for none.</summary>
    public DeviceDns? Dns { get; init; }

    /// <summary>Whether it takes frames for others too (<c>promiscuous</c>).</summary>
    public bool Promiscuous { get; init; }

    /// <summary>Whether it takes all multicast (<c>all-multicast</c>).</summary>
    public bool AllMulticast { get; init; }

    /// <summary>Whether it can do multicast (<c>multicast</c>), true unless said.</summary>
    public bool Multicast { get; init; } = true;

    /// <summary>Whether a TAP asks for and answers neighbours' addresses (<c>arp</c>), true unless said.</summary>
    public bool Arp { get; init; } = true;

    /// <summary>The MTU in bytes (<c>mtu</c>); null for the kernel's 1500.</summary>
    public int? Mtu { get; init; }

    /// <summary>Packets that wait for the reader (<c>txqueuelen</c>); null leaves the kernel's.</summary>
    public int? TransmitQueueLength { get; init; }

    /// <summary>Where the MAC address comes from (<c>mac</c>).</summary>
    public MacPolicy MacPolicy { get; init; }

    /// <summary>The MAC address that is written (<c>mac</c>); null for every other policy than <see cref="MacPolicy.Fixed"/>.</summary>
    public HardwareAddress? Mac { get; init; }

    /// <summary>The bridge it is a port of (<c>bridge</c>, or <c>bridge.name</c>).</summary>
    public string? Bridge { get; init; }

    /// <summary>Whether a missing bridge is made (<c>bridge.create</c>).</summary>
    public bool CreateBridge { get; init; }

    /// <summary>How a bridge that is made is to be (a group below <c>bridge.create</c>); null when nothing is said.</summary>
    public LinkChange? BridgeSettings { get; init; }

    /// <summary>How it is as a port of its bridge (the other keys below <c>bridge</c>); null when none is said.</summary>
    public BridgePortChange? BridgePort { get; init; }

    /// <summary>The network namespace it is in (<c>netns</c>: a name or a path); null for the program's own.</summary>
    public string? NetworkNamespace { get; init; }

    /// <summary>The kernel's settings of it (<c>sysctl</c>); null when none is said.</summary>
    public DeviceSysctl? Sysctl { get; init; }

    /// <summary>Commands around its coming and going (<c>hooks</c>); null for none.</summary>
    public DeviceHooks? Hooks { get; init; }

    /// <summary>Whether it is set up (<c>up</c>), true unless said.</summary>
    public bool Up { get; init; } = true;

    /// <summary>Who decides about offloads (<c>offload</c>).</summary>
    public OffloadChoice Offload { get; init; }

    /// <summary>Further names (<c>alt-names</c>).</summary>
    public IReadOnlyList<string> AlternativeNames { get; init; } = [];

    /// <summary>Cards of the file and other interfaces that come before it, where they come at all (<c>after</c>).</summary>
    public IReadOnlyList<string> After { get; init; } = [];

    /// <summary>Cards of the file and other interfaces that must be there, and come before it (<c>requires</c>).</summary>
    public IReadOnlyList<string> Requires { get; init; } = [];

    /// <summary>What happens to somebody else's card of this name (<c>on-conflict</c>, here or at the top).</summary>
    public ConflictPolicy OnConflict { get; init; }

    /// <summary>What the service does about changes behind its back (<c>on-drift</c>, here or at the top).</summary>
    public DriftPolicy OnDrift { get; init; }

    /// <summary>What becomes of it when the service stops (<c>on-stop</c>, here or at the top).</summary>
    public StopPolicy OnStop { get; init; }

    /// <summary>The template it was expanded from, such as <c>tap{0..15}</c>; null when it is written itself.</summary>
    public string? Template { get; init; }

    /// <summary>Where the name stands.</summary>
    public required SourcePosition Position { get; init; }

    /// <summary>Where each declared key stands, by its path below the device (<c>mtu</c>, <c>bridge.create</c>).</summary>
    /// <remarks>A key that came from <c>defaults</c> stands there. Of a list the first entry that has a key counts.</remarks>
    public IReadOnlyDictionary<string, SourcePosition> KeyPositions { get; init; } =
        new Dictionary<string, SourcePosition>();

    /// <summary>Where a key stands, or the device when it is not declared.</summary>
    /// <param name="key">The key, such as <c>bridge</c>.</param>
    public SourcePosition PositionOf(string key) => KeyPositions.TryGetValue(key, out SourcePosition found) ? found : Position;
}
