// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Tunbridge.Crypto.Interop;
using Tunbridge.Tunnels;
using static Tunbridge.Crypto.Interop.LibSsl;

namespace Tunbridge.Crypto.Tls;

/// <summary>An SSL_CTX made from settings: identity, trust, and what is offered.</summary>
internal sealed unsafe partial class OpenSslTlsContext : ITlsContext
{
    // What openvpn's manual gives as its own choice: no export, weak, static, anonymous-like or pre-shared-key ciphers.
    private const string DefaultCiphers = "DEFAULT:!EXP:!LOW:!MEDIUM:!kDH:!kECDH:!DSS:!PSK:!SRP:!kRSA";

    private readonly NativeHandle _context;
    private readonly TlsSettings _settings;
    private readonly List<string> _remarks = [];

    internal OpenSslTlsContext(TlsSettings settings)
    {
        // Keys and passphrases are read here and not kept.
        _settings = settings with { PrivateKey = default, Passphrase = default };
        nint context = SSL_CTX_new(settings.Role == TlsRole.Client ? TLS_client_method() : TLS_server_method());
        _context = new NativeHandle(context, &SSL_CTX_free);
        if (context == 0)
            throw OpenSsl.EvpFailure.Of("making a TLS context", this);
        try
        {
            SetRules(context);
            SetVersionsAndCiphers(context);
            SetIdentity(context, settings);
            SetTrust(context);
        }
        catch
        {
            _context.Dispose();
            throw;
        }
    }

    public IReadOnlyList<string> Remarks => _remarks;

    public PeerCertificate? OwnCertificate { get; private set; }

    internal TlsSettings Settings => _settings;

    public ITlsEngine CreateEngine()
    {
        nint ssl = SSL_new(_context.Pointer);
        GC.KeepAlive(_context);
        return ssl == 0 ? throw OpenSsl.EvpFailure.Of("making a TLS connection") : new OpenSslTlsEngine(ssl, _settings);
    }

    public void Dispose() => _context.Dispose();

    private void SetRules(nint context)
    {
        _ = SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
            SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_CLEANSE_PLAINTEXT);
        _ = SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, 0, null);
        _ = SSL_CTX_ctrl(context, SSL_CTRL_MODE, SSL_MODE_RELEASE_BUFFERS, null);
        _ = SSL_CTX_set_num_tickets(context, 0);
        int mode = _settings.Role == TlsRole.Client
            ? SSL_VERIFY_PEER
            : _settings.PeerPresence switch
            {
                TlsPeerPresence.None => SSL_VERIFY_NONE,
                TlsPeerPresence.Optional => SSL_VERIFY_PEER,
                _ => SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
            };
        SSL_CTX_set_verify(context, mode, &PeerCheck.Verify);
    }

    private void SetVersionsAndCiphers(nint context)
    {
        if (_settings.MaximumVersion != TlsVersion.Any && _settings.MaximumVersion < _settings.MinimumVersion)
            throw new TlsSettingsException(nameof(TlsSettings.MaximumVersion), "The newest version of TLS is older than the oldest.");
        Ask(SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, (nint)_settings.MinimumVersion, null) == 1,
            nameof(TlsSettings.MinimumVersion), "This version of TLS is not offered by the library");
        Ask(SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_PROTO_VERSION, (nint)_settings.MaximumVersion, null) == 1,
            nameof(TlsSettings.MaximumVersion), "This version of TLS is not offered by the library");
        SSL_CTX_set_security_level(context, _settings.Profile switch
        {
            TlsCertificateProfile.Insecure => 0,
            TlsCertificateProfile.Preferred => 2,
            TlsCertificateProfile.SuiteB => 3,
            _ => 1,
        });
        string ciphers = _settings.Profile == TlsCertificateProfile.SuiteB && _settings.Ciphers is null
            ? "SUITEB128"
            : _settings.Ciphers is { } asked ? string.Join(':', asked.Split(':').Select(LibraryName)) : DefaultCiphers;
        fixed (byte* list = CString(ciphers))
        {
            Ask(SSL_CTX_set_cipher_list(context, list) == 1, nameof(TlsSettings.Ciphers), $"No cipher of '{ciphers}' is known");
        }

        if (_settings.CipherSuites is { } suites)
        {
            fixed (byte* list = CString(suites.Replace('-', '_')))
            {
                Ask(SSL_CTX_set_ciphersuites(context, list) == 1, nameof(TlsSettings.CipherSuites),
                    $"A cipher of '{suites}' is not known");
            }
        }

        if (_settings.Groups is { } groups)
            SetGroups(context, groups);
        if (!_settings.DiffieHellman.IsEmpty)
        {
            nint parameters = PemReader.Parameters(_settings.DiffieHellman, nameof(TlsSettings.DiffieHellman));
            if (SSL_CTX_set0_tmp_dh_pkey(context, parameters) != 1)
            {
                LibCrypto.EVP_PKEY_free(parameters);
                throw new TlsSettingsException(nameof(TlsSettings.DiffieHellman),
                    $"The Diffie-Hellman parameters are refused: {LibCrypto.TakeError()}. `dh none` does without.");
            }
        }
    }

    // One name that the library does not know would make it refuse all of them.
    private void SetGroups(nint context, string groups)
    {
        List<string> known = [];
        foreach (string group in groups.Split(':', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            fixed (byte* name = CString(group))
            {
                if (SSL_CTX_ctrl(context, SSL_CTRL_SET_GROUPS_LIST, 0, name) == 1)
                    known.Add(group);
                else
                    _remarks.Add($"the group '{group}' is not known to {LibCrypto.Text(LibCrypto.OpenSSL_version(0))} and left out");
            }
        }

        LibCrypto.ERR_clear_error();
        fixed (byte* list = CString(string.Join(':', known)))
        {
            Ask(known.Count > 0 && SSL_CTX_ctrl(context, SSL_CTRL_SET_GROUPS_LIST, 0, list) == 1,
                nameof(TlsSettings.Groups), $"No group of '{groups}' is known");
        }
    }

    // "TLS-ECDHE-RSA-WITH-AES-256-GCM-SHA384" is the IANA's name with hyphens; "!", "-" and "+" before a name stay.
    private static string LibraryName(string name)
    {
        string bare = name.TrimStart('!', '-', '+');
        fixed (byte* standard = CString(bare.Replace('-', '_')))
        {
            string found = LibCrypto.Text(OPENSSL_cipher_name(standard));
            return found is "(NONE)" or "" ? name : name[..^bare.Length] + found;
        }
    }

    private static void Ask(bool done, string setting, string complaint)
    {
        if (!done)
            throw new TlsSettingsException(setting, $"{complaint}: {LibCrypto.TakeError()}.");
    }

    private static byte[] CString(string text) => Encoding.UTF8.GetBytes(text + '\0');
}
