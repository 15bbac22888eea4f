// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

/// <summary>What an ARP message asks or says (RFC 826). Open: every value may occur and is kept.</summary>
public enum ArpOperation : ushort
{
    /// <summary>No operation named.</summary>
    None = 0,

    /// <summary>"Who has this address?" (ares_op$REQUEST).</summary>
    Request = 1,

    /// <summary>"I have it, at this MAC." (ares_op$REPLY).</summary>
    Reply = 2,
}
