// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tunbridge.Crypto.Interop;
using Tunbridge.Tunnels;

namespace Tunbridge.Crypto.Tls;

/// <summary>Judges the peer's certificates while the library verifies the chain, and keeps the first refusal in words.</summary>
internal sealed unsafe class PeerCheck
{
    // The library's callback has no argument of ours; it runs on the thread that called the handshake.
    [ThreadStatic]
    private static PeerCheck? t_current;

    private readonly TlsSettings _settings;
    private readonly List<string> _remarks = [];

    internal PeerCheck(TlsSettings settings) => _settings = settings;

    /// <summary>The first refusal.</summary>
    internal TlsFailure? Failure { get; private set; }

    /// <summary>What was let pass.</summary>
    internal IReadOnlyList<string> Remarks => _remarks;

    /// <summary>Whether the peer's own certificate has been judged and let pass.</summary>
    internal bool HasAcceptedPeer { get; private set; }

    /// <summary>Goes on with a handshake, with this as its judge.</summary>
    /// <returns>What SSL_do_handshake answers.</returns>
    internal int Shake(nint ssl)
    {
        t_current = this;
        try
        {
            return LibSsl.SSL_do_handshake(ssl);
        }
        finally
        {
            t_current = null;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    internal static int Verify(int verified, nint context)
    {
        // Nothing may be thrown through the library's frames; without a judge nobody is let in.
        try
        {
            int refusal = t_current?.Judge(verified == 1, context) ?? LibCrypto.X509_V_ERR_UNSPECIFIED;
            LibCrypto.X509_STORE_CTX_set_error(context, refusal);
            return refusal == LibCrypto.X509_V_OK ? 1 : 0;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LibCrypto.X509_STORE_CTX_set_error(context, LibCrypto.X509_V_ERR_UNSPECIFIED);
            return 0;
        }
    }

    private int Judge(bool verified, nint context)
    {
        int depth = LibCrypto.X509_STORE_CTX_get_error_depth(context), error = LibCrypto.X509_STORE_CTX_get_error(context);
        nint certificate = LibCrypto.X509_STORE_CTX_get_current_cert(context);
        bool fingerprintsAlone = _settings.PeerFingerprints.Count > 0 && !HasAuthorities(_settings);
        if (!verified)
        {
            string words = LibCrypto.Text(LibCrypto.X509_verify_cert_error_string(error));
            // The library comes back to the same certificate for its signature, so this is not yet the last word on it.
            if (error == LibCrypto.X509_V_ERR_UNABLE_TO_GET_CRL)
            {
                _remarks.Add($"depth={depth}, {words}: {CertificateText.Subject(certificate)}");
                return LibCrypto.X509_V_OK;
            }

            if (!fingerprintsAlone || !(IsAboutTrust(error) || IsAboutDates(error)))
                return Refuse(error, ReasonOf(error), words, depth, certificate);
            if (IsAboutDates(error))
                _remarks.Add($"depth={depth}, {words}: {CertificateText.Subject(certificate)}");
        }

        if (certificate == 0)
            return Refuse(LibCrypto.X509_V_ERR_UNSPECIFIED, TlsFailureReason.Untrusted, "the chain names no certificate", depth, 0);
        if (_settings.IsSerialRevoked is { } isRevoked && isRevoked(Decimal(CertificateText.Serial(certificate))))
            return Refuse(LibCrypto.X509_V_ERR_CERT_REVOKED, TlsFailureReason.Revoked, "certificate revoked", depth, certificate);
        if (depth != 0)
            return LibCrypto.X509_V_OK;
        int refusal = JudgePeer(certificate);
        HasAcceptedPeer = refusal == LibCrypto.X509_V_OK;
        return refusal;
    }

    internal static bool HasAuthorities(TlsSettings settings) =>
        !settings.Authorities.IsEmpty || settings.AuthorityDirectory is not null || !settings.Pkcs12.IsEmpty;

    private int JudgePeer(nint certificate)
    {
        if (_settings.PeerFingerprints.Count > 0)
        {
            byte[] shown = CertificateText.Fingerprint(certificate, LibCrypto.EVP_sha256(), 32);
            if (!_settings.PeerFingerprints.Any(f => CryptographicOperations.FixedTimeEquals(f.Span, shown)))
            {
                return Refuse(LibCrypto.X509_V_ERR_CERT_REJECTED, TlsFailureReason.WrongFingerprint,
                    $"its fingerprint {Convert.ToHexStringLower(shown)} is not one of those allowed", 0, certificate);
            }
        }

        return CheckUsage(certificate) ?? CheckExtendedUsage(certificate) ?? CheckName(certificate) ?? LibCrypto.X509_V_OK;
    }

    private int? CheckUsage(nint certificate)
    {
        if (_settings.PeerKeyUsages.Count == 0)
            return null;
        uint has = LibCrypto.X509_get_key_usage(certificate);
        if (has == uint.MaxValue)
        {
            return Refuse(LibCrypto.X509_V_ERR_INVALID_PURPOSE, TlsFailureReason.WrongUsage,
                "it has no key usage extension, and one is required", 0, certificate);
        }

        return _settings.PeerKeyUsages.Any(k => (has & (uint)k) == (uint)k)
            ? null
            : Refuse(LibCrypto.X509_V_ERR_INVALID_PURPOSE, TlsFailureReason.WrongUsage,
                $"its key usage is {has:x2}, required is one of {string.Join(", ", _settings.PeerKeyUsages.Select(k => $"{k:x2}"))}", 0, certificate);
    }

    private int? CheckExtendedUsage(nint certificate)
    {
        if (_settings.PeerExtendedKeyUsage is not { } wanted)
            return null;
        nint usages = LibCrypto.X509_get_ext_d2i(certificate, LibCrypto.NID_ext_key_usage, null, null);
        List<string> has = [];
        bool found = false;
        for (int i = 0; usages != 0 && i < LibCrypto.OPENSSL_sk_num(usages); i++)
        {
            nint oid = LibCrypto.OPENSSL_sk_value(usages, i);
            int nid = LibCrypto.OBJ_obj2nid(oid);
            string name = nid != 0 ? LibCrypto.Text(LibCrypto.OBJ_nid2ln(nid)) : CertificateText.Dotted(oid);
            found |= name == wanted || CertificateText.Dotted(oid) == wanted;
            has.Add(name);
        }

        if (usages != 0)
            LibCrypto.OPENSSL_sk_pop_free(usages, &FreeOid);
        if (found)
            return null;
        return Refuse(LibCrypto.X509_V_ERR_INVALID_PURPOSE, TlsFailureReason.WrongUsage, has.Count == 0
            ? $"it has no extended key usage, required is '{wanted}'"
            : $"its extended key usage is '{string.Join("', '", has)}', required is '{wanted}'", 0, certificate);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void FreeOid(nint oid) => LibCrypto.ASN1_OBJECT_free(oid);

    private int? CheckName(nint certificate)
    {
        if (_settings.PeerName is not { } wanted)
            return null;
        string has = _settings.PeerNameMatch == TlsNameMatch.Subject
            ? CertificateText.Subject(certificate)
            : CertificateText.CommonName(certificate);
        bool fits = _settings.PeerNameMatch == TlsNameMatch.CommonNamePrefix
            ? has.StartsWith(wanted, StringComparison.Ordinal)
            : has == wanted;
        return fits
            ? null
            : Refuse(LibCrypto.X509_V_ERR_APPLICATION_VERIFICATION, TlsFailureReason.WrongName, _settings.PeerNameMatch switch
            {
                TlsNameMatch.Subject => $"its subject is '{has}', required is '{wanted}'",
                TlsNameMatch.CommonName => $"its common name is '{has}', required is '{wanted}'",
                _ => $"its common name is '{has}', required is one that begins with '{wanted}'",
            }, 0, certificate);
    }

    private int Refuse(int error, TlsFailureReason reason, string message, int depth, nint certificate)
    {
        Failure ??= new()
        {
            Reason = reason,
            Message = message,
            Depth = depth,
            Subject = certificate == 0 ? "" : CertificateText.Subject(certificate),
        };
        return error == LibCrypto.X509_V_OK ? LibCrypto.X509_V_ERR_UNSPECIFIED : error;
    }

    private static string Decimal(byte[] serial) =>
        new BigInteger(serial, isUnsigned: true, isBigEndian: true).ToString(CultureInfo.InvariantCulture);

    // Self-signed, unknown issuer, signature that cannot be verified: what a fingerprint stands in for.
    private static bool IsAboutTrust(int error) => error is 2 or 18 or 19 or 20 or 21 or 27;

    // Whoever pins a certificate by its fingerprint means this one, expired or not; openvpn takes it so, too.
    private static bool IsAboutDates(int error) => error is 9 or 10;

    private static TlsFailureReason ReasonOf(int error) => error switch
    {
        9 or 10 or 13 or 14 => TlsFailureReason.OutOfDate,
        5 or 8 or 11 or 12 or 15 or 16 or 23 or 33 or 35 or 36 or 44 or 54 => TlsFailureReason.Revoked,
        26 => TlsFailureReason.WrongUsage,
        _ => TlsFailureReason.Untrusted,
    };
}
