// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink.Wire;

namespace Tunbridge.Netlink;

/// <summary>What the kernel tells about a TUN or TAP card (IFLA_TUN_*).</summary>
public sealed record TunLinkInfo
{
    // IFF_TAP: the kernel sends the attach flag as the type.
    private const byte TapType = 2;

    /// <summary>Whether it is a TAP card (frames); otherwise TUN (packets).</summary>
    public bool IsTap { get; init; }

    /// <summary>Whether packets carry the four bytes of packet information.</summary>
    public bool HasPacketInformation { get; init; }

    /// <summary>Whether packets carry a virtio-net header.</summary>
    public bool HasVirtioHeader { get; init; }

    /// <summary>Whether it takes several queues.</summary>
    public bool IsMultiQueue { get; init; }

    /// <summary>Whether it stays when its last descriptor is closed.</summary>
    public bool IsPersistent { get; init; }

    /// <summary>The user who may attach without privilege, or null for none.</summary>
    public uint? Owner { get; init; }

    /// <summary>The group whose members may attach without privilege, or null for none.</summary>
    public uint? Group { get; init; }

    /// <summary>How many queues are attached and enabled; null unless multi-queue.</summary>
    public int? QueueCount { get; init; }

    /// <summary>How many queues are attached and disabled; null unless multi-queue.</summary>
    public int? DisabledQueueCount { get; init; }

    internal static TunLinkInfo Parse(AttributeReader reader)
    {
        bool isTap = false, information = false, virtio = false, multiQueue = false, persistent = false;
        uint? owner = null, group = null;
        int? queues = null, disabled = null;
        while (reader.MoveNext())
        {
            switch ((IflaTun)reader.Type)
            {
                case IflaTun.IFLA_TUN_OWNER: owner = reader.UInt32; break;
                case IflaTun.IFLA_TUN_GROUP: group = reader.UInt32; break;
                case IflaTun.IFLA_TUN_TYPE: isTap = reader.Byte == TapType; break;
                case IflaTun.IFLA_TUN_PI: information = reader.Flag; break;
                case IflaTun.IFLA_TUN_VNET_HDR: virtio = reader.Flag; break;
                case IflaTun.IFLA_TUN_PERSIST: persistent = reader.Flag; break;
                case IflaTun.IFLA_TUN_MULTI_QUEUE: multiQueue = reader.Flag; break;
                case IflaTun.IFLA_TUN_NUM_QUEUES: queues = reader.Int32; break;
                case IflaTun.IFLA_TUN_NUM_DISABLED_QUEUES: disabled = reader.Int32; break;
            }
        }

        return new()
        {
            IsTap = isTap,
            HasPacketInformation = information,
            HasVirtioHeader = virtio,
            IsMultiQueue = multiQueue,
            IsPersistent = persistent,
            Owner = owner,
            Group = group,
            QueueCount = queues,
            DisabledQueueCount = disabled,
        };
    }
}
