// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Linux;

/// <summary>Why the kernel did not send a datagram, or what it reported of an earlier one.</summary>
public enum DatagramOutcome
{
    /// <summary>It was sent.</summary>
    Sent = 0,

    /// <summary>The socket's send buffer is full; room comes by itself (EAGAIN).</summary>
    BufferFull,

    /// <summary>The card's queue was full and dropped it (ENOBUFS, ENOMEM).</summary>
    NoBuffers,

    /// <summary>It is longer than the path takes without fragments, or than a datagram can be (EMSGSIZE).</summary>
    TooLong,

    /// <summary>Nobody listens on the peer's port (ECONNREFUSED).</summary>
    PeerRefused,

    /// <summary>There is no way to the peer (ENETUNREACH, EHOSTUNREACH, ENETDOWN, EHOSTDOWN, ENODEV).</summary>
    Unreachable,

    /// <summary>A filter on this host or an administrator on the way forbids it (EPERM, EACCES).</summary>
    NotPermitted,

    /// <summary>
    /// The path's local address or interface is not, or no longer, this host's (EINVAL, EADDRNOTAVAIL, ENXIO); of an
    /// IPv4 address the kernel says <see cref="Unreachable"/>.
    /// </summary>
    AddressUnavailable,

    /// <summary>Any other error.</summary>
    Other,
}
