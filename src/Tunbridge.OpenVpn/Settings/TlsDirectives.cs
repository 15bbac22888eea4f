// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Settings;

/// <summary>What a configuration says about TLS and certificates, beyond the files that <see cref="TunnelConfiguration"/> names itself.</summary>
public sealed record TlsDirectives
{
    /// <summary>The oldest version (<c>tls-version-min</c>).</summary>
    public TlsVersion MinimumVersion { get; init; } = TlsVersion.Tls12;

    /// <summary>The newest version (<c>tls-version-max</c>).</summary>
    public TlsVersion MaximumVersion { get; init; }

    /// <summary>Ciphers up to TLS 1.2 (<c>tls-cipher</c>); null for the library's own.</summary>
    public string? Ciphers { get; init; }

    /// <summary>Ciphers of TLS 1.3 (<c>tls-ciphersuites</c>); null for the library's own.</summary>
    public string? CipherSuites { get; init; }

    /// <summary>Groups of the key exchange (<c>tls-groups</c>, <c>ecdh-curve</c>); null for the library's own.</summary>
    public string? Groups { get; init; }

    /// <summary>How strong certificates have to be (<c>tls-cert-profile</c>).</summary>
    public TlsCertificateProfile Profile { get; init; }

    /// <summary>Diffie-Hellman parameters (<c>dh</c>); null for <c>dh none</c>.</summary>
    public KeyMaterial? DiffieHellman { get; init; }

    /// <summary>More intermediates (<c>extra-certs</c>).</summary>
    public KeyMaterial? ExtraCertificates { get; init; }

    /// <summary>A directory of authorities (<c>capath</c>).</summary>
    public string? AuthorityDirectory { get; init; }

    /// <summary>Whether clients have to show a certificate (<c>verify-client-cert</c>).</summary>
    public TlsPeerPresence PeerPresence { get; init; }

    /// <summary>The private key has a passphrase (<c>askpass</c>): in a file, or, with neither file nor text, asked for.</summary>
    public KeyMaterial? Passphrase { get; init; }

    /// <summary>The program ends when TLS fails (<c>tls-exit</c>).</summary>
    public bool ExitsOnFailure { get; init; }
}
