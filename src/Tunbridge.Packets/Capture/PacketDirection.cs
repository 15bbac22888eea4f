// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Capture;

/// <summary>
/// Which way a captured packet went, seen from the host that has the interface (epb_flags, bits 0 and 1).
/// </summary>
public enum PacketDirection : byte
{
    /// <summary>Not known.</summary>
    Unknown = 0,

    /// <summary>From the network to the host: on a card, what the program wrote.</summary>
    Inbound = 1,

    /// <summary>From the host to the network: on a card, what the program read.</summary>
    Outbound = 2,
}
