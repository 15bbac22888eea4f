// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Crypto.Interop;
using Tunbridge.Tunnels;
using static Tunbridge.Crypto.Interop.LibSsl;

namespace Tunbridge.Crypto.Tls;

/// <content>Our certificate and key; the authorities and revocation lists that the peer is judged by.</content>
internal sealed unsafe partial class OpenSslTlsContext
{
    private void SetIdentity(nint context, TlsSettings settings)
    {
        if (!settings.Pkcs12.IsEmpty)
        {
            (nint certificate, nint key, List<nint> others) =
                PemReader.Container(settings.Pkcs12, settings.Passphrase, nameof(TlsSettings.Pkcs12));
            if (certificate == 0 || key == 0)
            {
                Free([certificate, .. others]);
                LibCrypto.EVP_PKEY_free(key);
                throw new TlsSettingsException(nameof(TlsSettings.Pkcs12), "The PKCS #12 container has no certificate with its key.");
            }

            SetPair(context, [certificate], key, nameof(TlsSettings.Pkcs12));
            // What else lies in it are authorities, unless they come apart.
            if (settings.Authorities.IsEmpty)
                Trust(context, others);
            else
                AddToChain(context, others, nameof(TlsSettings.Pkcs12));
        }
        else if (!settings.Certificate.IsEmpty)
        {
            List<nint> chain = PemReader.Certificates(settings.Certificate, nameof(TlsSettings.Certificate));
            if (settings.PrivateKey.IsEmpty)
            {
                Free(chain);
                throw new TlsSettingsException(nameof(TlsSettings.PrivateKey), "There is a certificate, and no private key to it.");
            }

            nint key;
            try
            {
                key = PemReader.PrivateKey(settings.PrivateKey, settings.Passphrase, nameof(TlsSettings.PrivateKey));
            }
            catch
            {
                Free(chain);
                throw;
            }

            SetPair(context, chain, key, nameof(TlsSettings.Certificate));
        }
        else if (settings.Role == TlsRole.Server)
        {
            throw new TlsSettingsException(nameof(TlsSettings.Certificate), "A server needs a certificate and its key (cert and key, or pkcs12).");
        }
        else if (!settings.PrivateKey.IsEmpty)
        {
            throw new TlsSettingsException(nameof(TlsSettings.Certificate), "There is a private key, and no certificate to it.");
        }

        if (!settings.ExtraCertificates.IsEmpty)
        {
            AddToChain(context, PemReader.Certificates(settings.ExtraCertificates, nameof(TlsSettings.ExtraCertificates)),
                nameof(TlsSettings.ExtraCertificates));
        }
    }

    // Takes over the certificates and the key.
    private void SetPair(nint context, List<nint> chain, nint key, string setting)
    {
        bool used = SSL_CTX_use_certificate(context, chain[0]) == 1;
        bool fits = used && SSL_CTX_use_PrivateKey(context, key) == 1 && SSL_CTX_check_private_key(context) == 1;
        string reason = fits ? "" : LibCrypto.TakeError();
        if (fits)
            OwnCertificate = CertificateText.Read(chain[0]);
        LibCrypto.EVP_PKEY_free(key);
        Free([chain[0]]);
        if (!fits)
            Free(chain.Skip(1));
        if (!used)
            throw new TlsSettingsException(setting, $"Our certificate is refused: {reason}. tls-cert-profile says how strong it has to be.");
        if (!fits)
            throw new TlsSettingsException(nameof(TlsSettings.PrivateKey), $"The private key does not belong to the certificate: {reason}.");
        AddToChain(context, chain.Skip(1), setting);
    }

    private static void AddToChain(nint context, IEnumerable<nint> certificates, string setting)
    {
        string? refused = null;
        foreach (nint certificate in certificates)
        {
            if (refused is null && SSL_CTX_ctrl(context, SSL_CTRL_CHAIN_CERT, 1, (void*)certificate) != 1)
                refused = LibCrypto.TakeError();
            LibCrypto.X509_free(certificate);
        }

        if (refused is not null)
            throw new TlsSettingsException(setting, $"A certificate of our chain is refused: {refused}.");
    }

    private void SetTrust(nint context)
    {
        nint store = SSL_CTX_get_cert_store(context);
        if (!_settings.Authorities.IsEmpty)
            Trust(context, PemReader.Certificates(_settings.Authorities, nameof(TlsSettings.Authorities)));
        if (_settings.AuthorityDirectory is { } directory)
        {
            fixed (byte* path = CString(directory))
            {
                Ask(Directory.Exists(directory) && LibCrypto.X509_STORE_load_path(store, path) == 1,
                    nameof(TlsSettings.AuthorityDirectory), $"The directory '{directory}' cannot be read");
            }
        }

        bool asks = _settings.Role == TlsRole.Client || _settings.PeerPresence != TlsPeerPresence.None;
        if (asks && !PeerCheck.HasAuthorities(_settings) && _settings.PeerFingerprints.Count == 0)
        {
            throw new TlsSettingsException(nameof(TlsSettings.Authorities),
                "There is nothing to know the peer by: give the authority's certificate (ca, capath, pkcs12) or fingerprints (peer-fingerprint).");
        }

        if (_settings.PeerFingerprints.Any(f => f.Length != 32))
            throw new TlsSettingsException(nameof(TlsSettings.PeerFingerprints), "A fingerprint has 32 bytes (SHA-256).");
        if (_settings.RevocationLists.IsEmpty)
            return;
        foreach (nint list in PemReader.RevocationLists(_settings.RevocationLists, nameof(TlsSettings.RevocationLists)))
        {
            _ = LibCrypto.X509_STORE_add_crl(store, list);
            LibCrypto.X509_CRL_free(list);
        }

        _ = LibCrypto.X509_STORE_set_flags(store, (nuint)(LibCrypto.X509_V_FLAG_CRL_CHECK | LibCrypto.X509_V_FLAG_CRL_CHECK_ALL));
    }

    // A server also names them to its clients, so that these know which certificate to show.
    private void Trust(nint context, List<nint> authorities)
    {
        nint store = SSL_CTX_get_cert_store(context);
        foreach (nint authority in authorities)
        {
            _ = LibCrypto.X509_STORE_add_cert(store, authority);
            if (_settings.Role == TlsRole.Server)
                _ = SSL_CTX_add_client_CA(context, authority);
            LibCrypto.X509_free(authority);
        }
    }

    private static void Free(IEnumerable<nint> certificates)
    {
        foreach (nint certificate in certificates)
            LibCrypto.X509_free(certificate);
    }
}
