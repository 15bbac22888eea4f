// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Tunnels;

/// <summary>Whether the peer has to show a certificate; a server always does.</summary>
public enum TlsPeerPresence : byte
{
    /// <summary>Without one the connection fails.</summary>
    Required = 0,

    /// <summary>It is asked for; one that is shown is verified, none is let pass.</summary>
    Optional = 1,

    /// <summary>It is not asked for.</summary>
    None = 2,
}
