// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Tunnels;

/// <summary>Our identity, whom we trust, and what the peer has to be.</summary>
/// <remarks>
/// Certificates and keys are the bytes of PEM texts. They are read when a context is made and not kept; wiping
/// those of the private key afterwards is the caller's part.
/// </remarks>
public sealed record TlsSettings
{
    /// <summary>Which end we are.</summary>
    public required TlsRole Role { get; init; }

    /// <summary>Our certificate, with its intermediates after it; empty: we show none (a client only).</summary>
    public ReadOnlyMemory<byte> Certificate { get; init; }

    /// <summary>More intermediates, sent after those of <see cref="Certificate"/> (extra-certs).</summary>
    public ReadOnlyMemory<byte> ExtraCertificates { get; init; }

    /// <summary>The private key of <see cref="Certificate"/>; empty when that is.</summary>
    public ReadOnlyMemory<byte> PrivateKey { get; init; }

    /// <summary>The passphrase of <see cref="PrivateKey"/> or <see cref="Pkcs12"/>, UTF-8; empty: they have none.</summary>
    public ReadOnlyMemory<byte> Passphrase { get; init; }

    /// <summary>Certificate, key and authorities in one PKCS #12 container, instead of the separate ones.</summary>
    public ReadOnlyMemory<byte> Pkcs12 { get; init; }

    /// <summary>The authorities that we trust.</summary>
    public ReadOnlyMemory<byte> Authorities { get; init; }

    /// <summary>A directory of authorities named by hash (capath), read at each handshake; null: none.</summary>
    public string? AuthorityDirectory { get; init; }

    /// <summary>
    /// Revocation lists. A certificate whose issuer has none here passes, with a remark of the engine, as openvpn lets
    /// it; a list that is out of date or wrongly signed refuses.
    /// </summary>
    public ReadOnlyMemory<byte> RevocationLists { get; init; }

    /// <summary>
    /// Asked for each certificate of the chain with its serial number in decimal digits; true refuses it
    /// (crl-verify with a directory). Null: nobody is asked. Must not throw.
    /// </summary>
    public Func<string, bool>? IsSerialRevoked { get; init; }

    /// <summary>Whether a server asks its clients for certificates; a client always does.</summary>
    public TlsPeerPresence PeerPresence { get; init; }

    /// <summary>
    /// SHA-256 fingerprints, 32 bytes each, of which the peer's certificate must have one (peer-fingerprint).
    /// With some and without <see cref="Authorities"/> they take the place of the chain and of its
    /// dates, which then only make a remark.
    /// </summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> PeerFingerprints { get; init; } = [];

    /// <summary>
    /// Key-usage values of which the peer's certificate must have all bits of one (remote-cert-ku), with the
    /// first octet of the extension in the low byte: 0x80 digital signature, 0x20 key encipherment, 0x08 key
    /// agreement. An entry of 0: it only has to have the extension. None: it is not looked at.
    /// </summary>
    public IReadOnlyList<int> PeerKeyUsages { get; init; } = [];

    /// <summary>
    /// The extended key usage that the peer's certificate must have, by object identifier or by a name that
    /// OpenSSL knows (remote-cert-eku): "TLS Web Server Authentication" or "1.3.6.1.5.5.7.3.1". Null: none.
    /// </summary>
    public string? PeerExtendedKeyUsage { get; init; }

    /// <summary>The name that the peer's certificate must have; null: any.</summary>
    public string? PeerName { get; init; }

    /// <summary>What <see cref="PeerName"/> is compared with.</summary>
    public TlsNameMatch PeerNameMatch { get; init; }

    /// <summary>The oldest version of TLS that we speak.</summary>
    public TlsVersion MinimumVersion { get; init; } = TlsVersion.Tls12;

    /// <summary>The newest version of TLS that we speak.</summary>
    public TlsVersion MaximumVersion { get; init; }

    /// <summary>
    /// Ciphers up to TLS 1.2 (tls-cipher), separated by colons, in OpenSSL's names or in the IANA's with
    /// hyphens (TLS-ECDHE-RSA-WITH-AES-256-GCM-SHA384). Null: the library's choice, without weak ones.
    /// </summary>
    public string? Ciphers { get; init; }

    /// <summary>Ciphers of TLS 1.3 (tls-ciphersuites), separated by colons; underscores or hyphens. Null: the library's choice.</summary>
    public string? CipherSuites { get; init; }

    /// <summary>Groups of the key exchange in our order (tls-groups, ecdh-curve), separated by colons; unknown ones are left out. Null: the library's choice.</summary>
    public string? Groups { get; init; }

    /// <summary>How strong certificates have to be.</summary>
    public TlsCertificateProfile Profile { get; init; }

    /// <summary>A server's Diffie-Hellman parameters (dh); empty: elliptic curves only (dh none).</summary>
    public ReadOnlyMemory<byte> DiffieHellman { get; init; }
}
