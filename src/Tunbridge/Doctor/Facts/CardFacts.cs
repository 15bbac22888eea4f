// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Doctor.Facts;

/// <summary>One interface of this network namespace, as far as the examination cares.</summary>
internal sealed record CardFacts
{
    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>What it is when it is no card of ours, such as <c>bridge</c>, or null.</summary>
    public string? ForeignKind { get; init; }

    /// <summary>Whether it is a TUN or TAP.</summary>
    public required bool IsCard { get; init; }

    /// <summary>Whether it is a TAP.</summary>
    public bool IsTap { get; init; }

    /// <summary>Whether it was made with IFF_MULTI_QUEUE.</summary>
    public bool IsMultiQueue { get; init; }

    /// <summary>Whether packets carry a virtio-net header.</summary>
    public bool HasVirtioHeader { get; init; }

    /// <summary>Whether packets carry packet information.</summary>
    public bool HasPacketInformation { get; init; }

    /// <summary>Whether it outlives its descriptors.</summary>
    public bool IsPersistent { get; init; }

    /// <summary>Who may attach, or null.</summary>
    public uint? Owner { get; init; }

    /// <summary>Which group may attach, or null.</summary>
    public uint? Group { get; init; }

    /// <summary>Whether it is administratively up.</summary>
    public bool IsUp { get; init; }

    /// <summary>Whether it has carrier; a card nobody is attached to has none.</summary>
    public bool HasCarrier { get; init; }

    /// <summary>The bridge or other master it is a port of, or null.</summary>
    public string? Master { get; init; }

    /// <summary>The prefixes its addresses make connected.</summary>
    public IReadOnlyList<ConnectedPrefix> Prefixes { get; init; } = [];

    /// <summary>Whether it carries the mark of what this program made.</summary>
    public bool IsMarked { get; init; }

    /// <summary>What <c>set</c> and <c>delete</c> want besides for a card this program did not make.</summary>
    public string Force => IsMarked ? "" : " --force";

    /// <summary>The kind in a word, as people write it.</summary>
    public string KindWord => !IsCard ? ForeignKind ?? "no TUN or TAP" : IsTap ? "TAP" : "TUN";

    /// <summary>Whether the driver lets a process attach that has no CAP_NET_ADMIN.</summary>
    public bool LetsIn(Privileges who) =>
        (Owner is null || Owner == who.UserId) && (Group is null || who.Groups.Contains(Group.Value));
}
