// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Control;

namespace Tunbridge.DropIns.Openvpn;

/// <summary><c>--show-…</c>: what can be chosen here, in the forms that scripts take apart.</summary>
internal static class Listings
{
    /// <returns>The exit code.</returns>
    internal static int Write(string what, TextWriter output)
    {
        output.Write(what switch
        {
            "show-ciphers" =>
                "The following ciphers and cipher modes are available for use\nwith Tunbridge.  Each cipher shown below may be used as a\n" +
                "parameter to the --data-ciphers (or --cipher) option.\n\n" +
                string.Concat(SessionSettings.KnownDataCiphers.Select(Cipher)) + "\n",
            "show-digests" =>
                "The following message digests are available for use with\nTunbridge.  You can specify a message digest as parameter to\n" +
                "the --auth option.\n\n" +
                "SHA1 160 bit digest size\nSHA256 256 bit digest size\nSHA384 384 bit digest size\nSHA512 512 bit digest size\n" +
                "MD5 128 bit digest size\n\n",
            "show-tls" =>
                "Available TLS Ciphers, listed in order of preference:\n\nFor TLS 1.3 and newer (--tls-ciphersuites):\n\n" +
                "TLS_AES_256_GCM_SHA384\nTLS_CHACHA20_POLY1305_SHA256\nTLS_AES_128_GCM_SHA256\n\n" +
                "For TLS 1.2 and older (--tls-cipher), see: openssl ciphers -s -v\n",
            "show-curves" or "show-groups" => "See: openssl ecparam -list_curves; --tls-groups also takes X25519 and X448.\n",
            "show-engines" => "Engines of OpenSSL are not used.\n",
            "show-pkcs11-ids" => "Smart cards are not offered: export the certificate to a file.\n",
            _ => "See: ip route get 0.0.0.0\n",
        });
        return ExitCode.Done;
    }

    private static string Cipher(string name)
    {
        string bits = name.StartsWith("CHACHA20", StringComparison.Ordinal) ? "256 bit key, stream cipher" : $"{name.Split('-')[1]} bit key, 128 bit block";
        string note = name.EndsWith("-CBC", StringComparison.Ordinal) ? "" : ", TLS client/server mode only";
        return $"{name}  ({bits}{note})\n";
    }
}
