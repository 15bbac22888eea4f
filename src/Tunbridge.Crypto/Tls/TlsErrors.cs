// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Crypto.Interop;
using Tunbridge.Tunnels;

namespace Tunbridge.Crypto.Tls;

/// <summary>Words for the library's list of errors after a call on a connection.</summary>
internal static unsafe class TlsErrors
{
    // openssl/sslerr.h; an alert of the peer is this plus its number (RFC 8446, section 6).
    private const int PeerAlert = 1000, ReasonMask = 0x7FFFFF;

    internal static TlsFailure Explain()
    {
        // The first entry is the cause, later ones are what it led to.
        nuint first = LibCrypto.ERR_get_error();
        LibCrypto.ERR_clear_error();
        int reason = (int)(first & ReasonMask);
        if (first == 0)
            return new() { Reason = TlsFailureReason.Protocol, Message = "the connection broke off" };
        if (reason is >= PeerAlert and < PeerAlert + 256)
        {
            return new()
            {
                Reason = TlsFailureReason.PeerAlert,
                Message = $"the peer refused: alert '{Alert(reason - PeerAlert)}'",
            };
        }

        return new() { Reason = KindOf(reason), Message = LibCrypto.Text(LibCrypto.ERR_reason_error_string(first)) };
    }

    // Those that OpenSSL 3.0 calls "unknown" (RFC 8446, section 6.2).
    private static string Alert(int number) => number switch
    {
        109 => "missing extension",
        116 => "certificate required",
        _ => LibCrypto.Text(LibSsl.SSL_alert_desc_string_long(number)),
    };

    private static TlsFailureReason KindOf(int reason) => reason switch
    {
        199 => TlsFailureReason.NoCertificate,    // SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE
        // NO_SHARED_CIPHER, NO_CIPHERS_AVAILABLE, NO_SUITABLE_KEY_SHARE, NO_SUITABLE_GROUPS, NO_SHARED_GROUPS
        193 or 181 or 101 or 295 or 410 => TlsFailureReason.NothingInCommon,
        // NO_PROTOCOLS_AVAILABLE, UNSUPPORTED_PROTOCOL, WRONG_SSL_VERSION, VERSION_TOO_LOW
        191 or 258 or 266 or 396 => TlsFailureReason.NothingInCommon,
        // NO_SUITABLE_SIGNATURE_ALGORITHM, NO_SHARED_SIGNATURE_ALGORITHMS
        118 or 376 => TlsFailureReason.NothingInCommon,
        134 => TlsFailureReason.Untrusted,    // CERTIFICATE_VERIFY_FAILED
        _ => TlsFailureReason.Protocol,
    };
}
