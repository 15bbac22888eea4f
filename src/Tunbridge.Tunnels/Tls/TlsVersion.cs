// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Tunnels;

/// <summary>A version of TLS, by its number on the wire.</summary>
public enum TlsVersion : ushort
{
    /// <summary>No bound of ours: what the library allows.</summary>
    Any = 0,

    /// <summary>TLS 1.0 (RFC 2246).</summary>
    Tls10 = 0x0301,

    /// <summary>TLS 1.1 (RFC 4346).</summary>
    Tls11 = 0x0302,

    /// <summary>TLS 1.2 (RFC 5246).</summary>
    Tls12 = 0x0303,

    /// <summary>TLS 1.3 (RFC 8446).</summary>
    Tls13 = 0x0304,
}
