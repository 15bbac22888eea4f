// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Tunbridge.Crypto.Interop;
using Tunbridge.Tunnels;

namespace Tunbridge.Crypto.Tls;

/// <summary>Reads a certificate of the library into our record.</summary>
internal static unsafe class CertificateText
{
    internal static PeerCertificate Read(nint certificate)
    {
        nint subject = LibCrypto.X509_get_subject_name(certificate);
        List<KeyValuePair<string, string>> parts = Parts(subject);
        return new()
        {
            Subject = OneLine(subject),
            Issuer = OneLine(LibCrypto.X509_get_issuer_name(certificate)),
            SubjectParts = parts,
            CommonName = parts.FindLast(p => p.Key == "CN").Value ?? "",
            Serial = Serial(certificate),
            NotBefore = Time(LibCrypto.X509_get0_notBefore(certificate)),
            NotAfter = Time(LibCrypto.X509_get0_notAfter(certificate)),
            Sha1 = Fingerprint(certificate, LibCrypto.EVP_sha1(), 20),
            Sha256 = Fingerprint(certificate, LibCrypto.EVP_sha256(), 32),
            Encoded = Encoded(certificate),
        };
    }

    internal static string Subject(nint certificate) => OneLine(LibCrypto.X509_get_subject_name(certificate));

    internal static string CommonName(nint certificate) =>
        Parts(LibCrypto.X509_get_subject_name(certificate)).FindLast(p => p.Key == "CN").Value ?? "";

    internal static byte[] Fingerprint(nint certificate, nint digest, int size)
    {
        byte[] bytes = new byte[size];
        uint length = 0;
        fixed (byte* b = bytes)
            _ = LibCrypto.X509_digest(certificate, digest, b, &length);
        return bytes;
    }

    internal static byte[] Serial(nint certificate)
    {
        nint number = LibCrypto.ASN1_INTEGER_to_BN(LibCrypto.X509_get0_serialNumber(certificate), 0);
        if (number == 0)
            return [];
        byte[] bytes = new byte[(LibCrypto.BN_num_bits(number) + 7) / 8];
        fixed (byte* b = bytes)
            _ = LibCrypto.BN_bn2bin(number, b);
        LibCrypto.BN_free(number);
        return bytes;
    }

    /// <summary>"RSA", "2048 bits" and the like for a line of the log.</summary>
    internal static string Key(nint key)
    {
        string type = LibCrypto.Text(LibCrypto.EVP_PKEY_get0_type_name(key));
        if (type == "EC")
        {
            byte* name = stackalloc byte[80];
            nuint length;
            if (LibCrypto.EVP_PKEY_get_group_name(key, name, 80, &length) == 1)
                type = "EC, curve " + LibCrypto.Text(name);
        }

        return $"{LibCrypto.EVP_PKEY_get_bits(key)} bits {type}";
    }

    // "C=KG, O=Example, CN=client", in the order of the certificate, control characters escaped.
    private static string OneLine(nint name)
    {
        nint bio = LibCrypto.BIO_new(LibCrypto.BIO_s_mem());
        _ = LibCrypto.X509_NAME_print_ex(bio, name, 0,
            LibCrypto.XN_FLAG_SEP_CPLUS_SPC | LibCrypto.ASN1_STRFLGS_ESC_CTRL | LibCrypto.ASN1_STRFLGS_UTF8_CONVERT);
        byte[] bytes = new byte[(int)LibCrypto.BIO_ctrl_pending(bio)];
        fixed (byte* b = bytes)
            _ = LibCrypto.BIO_read(bio, b, bytes.Length);
        _ = LibCrypto.BIO_free(bio);
        return Printable(Encoding.UTF8.GetString(bytes));
    }

    private static List<KeyValuePair<string, string>> Parts(nint name)
    {
        List<KeyValuePair<string, string>> parts = [];
        for (int i = 0; i < LibCrypto.X509_NAME_entry_count(name); i++)
        {
            nint entry = LibCrypto.X509_NAME_get_entry(name, i), oid = LibCrypto.X509_NAME_ENTRY_get_object(entry);
            byte* text;
            int length = LibCrypto.ASN1_STRING_to_UTF8(&text, LibCrypto.X509_NAME_ENTRY_get_data(entry));
            if (length < 0)
                continue;
            string value = Printable(Encoding.UTF8.GetString(text, length));
            LibCrypto.CRYPTO_free(text, null, 0);
            parts.Add(new(Name(oid), value));
        }

        return parts;
    }

    private static string Name(nint oid)
    {
        int nid = LibCrypto.OBJ_obj2nid(oid);
        return nid != 0 ? LibCrypto.Text(LibCrypto.OBJ_nid2sn(nid)) : Dotted(oid);
    }

    internal static string Dotted(nint oid)
    {
        byte* text = stackalloc byte[128];
        _ = LibCrypto.OBJ_obj2txt(text, 128, oid, 1);
        return LibCrypto.Text(text);
    }

    // A name goes to logs and scripts: nothing in it may move a cursor or end a line.
    private static string Printable(string text) => text.Any(char.IsControl)
        ? string.Concat(text.Select(c => char.IsControl(c) ? '_' : c))
        : text;

    private static DateTimeOffset Time(nint time)
    {
        nint epoch = LibCrypto.ASN1_TIME_set(0, 0);
        int days = 0, seconds = 0;
        _ = LibCrypto.ASN1_TIME_diff(&days, &seconds, epoch, time);
        LibCrypto.ASN1_STRING_free(epoch);
        return DateTimeOffset.UnixEpoch.AddDays(days).AddSeconds(seconds);
    }

    private static byte[] Encoded(nint certificate)
    {
        byte[] bytes = new byte[Math.Max(0, LibCrypto.i2d_X509(certificate, null))];
        fixed (byte* b = bytes)
        {
            byte* end = b;
            _ = LibCrypto.i2d_X509(certificate, &end);
        }

        return bytes;
    }
}
