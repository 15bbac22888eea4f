// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Settings;

/// <summary>What a client does after a server has refused its credentials (<c>auth-retry</c>).</summary>
public enum AuthRetry
{
    /// <summary>It ends.</summary>
    None = 0,

    /// <summary>It tries again with the same ones.</summary>
    NoInteract = 1,

    /// <summary>It asks for new ones.</summary>
    Interact = 2,
}
