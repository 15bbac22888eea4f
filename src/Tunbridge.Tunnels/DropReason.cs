// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Tunnels;

/// <summary>Why a packet or datagram went no further; counted by each tunnel, never thrown.</summary>
public enum DropReason : byte
{
    /// <summary>Not dropped.</summary>
    None = 0,

    /// <summary>Shorter than its headers say, or than they are.</summary>
    TooShort = 1,

    /// <summary>Longer than the tunnel carries.</summary>
    TooLong = 2,

    /// <summary>A message type that this protocol, or this state of it, does not have.</summary>
    UnknownType = 3,

    /// <summary>No session belongs to the sender's address or peer id.</summary>
    UnknownPeer = 4,

    /// <summary>The key that it names does not exist, not yet or no more.</summary>
    UnknownKey = 5,

    /// <summary>Its tag or code is wrong: damaged, forged, or sealed with another key.</summary>
    NotAuthentic = 6,

    /// <summary>Its number came before, or is too old to tell.</summary>
    Replayed = 7,

    /// <summary>Authentic, yet its content is not as the protocol wants it.</summary>
    Malformed = 8,

    /// <summary>Its inner source address does not belong to the peer.</summary>
    WrongSource = 9,

    /// <summary>No peer is the way to its inner destination.</summary>
    NoRoute = 10,

    /// <summary>No key to send with: the handshake is not done.</summary>
    NotEstablished = 11,

    /// <summary>A queue was full or a limit reached.</summary>
    Overload = 12,

    /// <summary>The system refused it when it was sent or written.</summary>
    Refused = 13,
}
