// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Tunnels;

/// <summary>What a datagram is, by its first bytes.</summary>
public enum DatagramClass
{
    /// <summary>Nothing that this protocol has.</summary>
    Unknown = 0,

    /// <summary>For the control core.</summary>
    Control = 1,

    /// <summary>Data of the peer with an index.</summary>
    DataByIndex = 2,

    /// <summary>Data of whoever has the sender's address.</summary>
    DataByAddress = 3,
}
