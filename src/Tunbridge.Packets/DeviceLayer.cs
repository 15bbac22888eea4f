// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

/// <summary>What a queue carries: bare packets of layer 3, or whole frames of layer 2.</summary>
public enum DeviceLayer : byte
{
    /// <summary>Layer 3: every item starts with an IPv4 or IPv6 header (a TUN device).</summary>
    Packet = 0,

    /// <summary>Layer 2: every item starts with an Ethernet header (a TAP device).</summary>
    Frame = 1,
}
