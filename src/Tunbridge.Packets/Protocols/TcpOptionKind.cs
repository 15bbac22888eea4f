// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

/// <summary>
/// The kind of a TCP option (IANA TCP parameters). Open: every value may occur and is kept.
/// </summary>
public enum TcpOptionKind : byte
{
    /// <summary>The list ends (RFC 9293 section 3.2).</summary>
    EndOfList = 0,

    /// <summary>Padding between options (RFC 9293 section 3.2).</summary>
    NoOperation = 1,

    /// <summary>The largest segment the sender takes (RFC 9293 section 3.2).</summary>
    MaximumSegmentSize = 2,

    /// <summary>The shift for the sender's window (RFC 7323 section 2.2).</summary>
    WindowScale = 3,

    /// <summary>Selective acknowledgments may be sent (RFC 2018 section 2).</summary>
    SackPermitted = 4,

    /// <summary>Blocks received beyond the acknowledgment (RFC 2018 section 3).</summary>
    Sack = 5,

    /// <summary>Time of sending and echo of the peer's (RFC 7323 section 3.2).</summary>
    Timestamps = 8,

    /// <summary>MD5 signature (RFC 2385).</summary>
    Md5Signature = 19,

    /// <summary>Authentication (RFC 5925).</summary>
    Authentication = 29,

    /// <summary>Multipath TCP (RFC 8684).</summary>
    Multipath = 30,

    /// <summary>Fast open cookie (RFC 7413).</summary>
    FastOpen = 34,
}
