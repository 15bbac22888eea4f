// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Hosting.OpenVpn;

/// <summary>How a tunnel's keys and certificates are read.</summary>
public sealed record TunnelIdentityOptions
{
    /// <summary>
    /// Where relative paths begin; the directory of the configuration's own <c>cd</c> is taken from here. Null: the current
    /// directory, as openvpn has it.
    /// </summary>
    public string? Directory { get; init; }

    /// <summary>Secret files that others can read are refused instead of being warned about.</summary>
    public bool RefusesReadableSecrets { get; init; }

    /// <summary>Asks a person for passphrases; null: nobody can be asked.</summary>
    public SecretPrompt? Prompt { get; init; }
}
