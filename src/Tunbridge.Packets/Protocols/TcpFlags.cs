// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

/// <summary>
/// The control bits of a TCP header (RFC 9293 section 3.1), with the ninth bit of RFC 9768.
/// </summary>
[Flags]
public enum TcpFlags : ushort
{
    /// <summary>No bit is set.</summary>
    None = 0,

    /// <summary>The sender has no more data.</summary>
    Fin = 0x01,

    /// <summary>Opens a connection: sequence numbers are synchronised.</summary>
    Syn = 0x02,

    /// <summary>The connection is reset.</summary>
    Rst = 0x04,

    /// <summary>The receiver should hand the data on at once.</summary>
    Psh = 0x08,

    /// <summary>The acknowledgment number is meant.</summary>
    Ack = 0x10,

    /// <summary>The urgent pointer is meant.</summary>
    Urg = 0x20,

    /// <summary>Congestion was seen (RFC 3168).</summary>
    Ece = 0x40,

    /// <summary>The congestion window was reduced (RFC 3168).</summary>
    Cwr = 0x80,

    /// <summary>Accurate ECN, the bit that once was the ECN nonce (RFC 9768).</summary>
    AccurateEcn = 0x100,
}
