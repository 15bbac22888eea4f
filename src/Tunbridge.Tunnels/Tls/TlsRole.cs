// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Tunnels;

/// <summary>Which end of a TLS connection an engine is.</summary>
public enum TlsRole : byte
{
    /// <summary>Speaks first.</summary>
    Client = 0,

    /// <summary>Waits for the client's first message.</summary>
    Server = 1,
}
