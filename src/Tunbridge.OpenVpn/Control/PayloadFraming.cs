// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Control;

/// <summary>The bytes that compression options put around every payload, though nothing is compressed.</summary>
public enum PayloadFraming
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary><c>comp-lzo</c>: a byte in front; what the peer has packed with LZO is unpacked.</summary>
    Lzo = 1,

    /// <summary><c>compress</c>, <c>compress stub</c>: the first byte moves to the end.</summary>
    Swap = 2,

    /// <summary><c>compress stub-v2</c>: nothing around packets of IP.</summary>
    StubV2 = 3,
}
