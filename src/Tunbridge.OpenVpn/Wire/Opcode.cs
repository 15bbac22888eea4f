// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Wire;

/// <summary>
/// What a packet is, from the high five bits of its first byte. Key method 1's opcodes (1, 2) and unknown ones are refused
/// by <see cref="PacketHead.TryRead"/>.
/// </summary>
internal enum Opcode : byte
{
    /// <summary>None: nothing was parsed.</summary>
    None = 0,

    /// <summary>P_CONTROL_SOFT_RESET_V1: a new key state in the same session.</summary>
    SoftResetV1 = 3,

    /// <summary>P_CONTROL_V1: bytes of TLS.</summary>
    ControlV1 = 4,

    /// <summary>P_ACK_V1: acknowledgements only.</summary>
    AckV1 = 5,

    /// <summary>P_DATA_V1: data after a one-byte header.</summary>
    DataV1 = 6,

    /// <summary>P_CONTROL_HARD_RESET_CLIENT_V2: a client's first packet.</summary>
    HardResetClientV2 = 7,

    /// <summary>P_CONTROL_HARD_RESET_SERVER_V2: a server's first packet.</summary>
    HardResetServerV2 = 8,

    /// <summary>P_DATA_V2: data after a four-byte header with the peer id.</summary>
    DataV2 = 9,

    /// <summary>P_CONTROL_HARD_RESET_CLIENT_V3: a client's first packet with its wrapped tls-crypt-v2 key.</summary>
    HardResetClientV3 = 10,

    /// <summary>P_CONTROL_WKC_V1: bytes of TLS, with the wrapped tls-crypt-v2 key once more.</summary>
    ControlWkcV1 = 11,
}
