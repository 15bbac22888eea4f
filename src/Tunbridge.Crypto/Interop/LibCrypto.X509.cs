// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Tunbridge.Crypto.Interop;

/// <summary>openssl/x509.h, x509_vfy.h, pem.h, pkcs12.h: certificates and what verifies them.</summary>
internal static unsafe partial class LibCrypto
{
    internal const int NID_commonName = 13, NID_ext_key_usage = 126;
    internal const ulong X509_V_FLAG_CRL_CHECK = 0x4, X509_V_FLAG_CRL_CHECK_ALL = 0x8;
    internal const int X509_V_OK = 0, X509_V_ERR_UNABLE_TO_GET_CRL = 3, X509_V_ERR_CERT_REVOKED = 23, X509_V_ERR_INVALID_PURPOSE = 26,
        X509_V_ERR_CERT_REJECTED = 28, X509_V_ERR_APPLICATION_VERIFICATION = 50, X509_V_ERR_UNSPECIFIED = 1;
    internal const uint XN_FLAG_SEP_CPLUS_SPC = 2 << 16, ASN1_STRFLGS_ESC_CTRL = 2, ASN1_STRFLGS_UTF8_CONVERT = 0x10;

    [LibraryImport(Library)]
    internal static partial nint PEM_read_bio_X509(nint bio, nint reuse, delegate* unmanaged[Cdecl]<byte*, int, int, void*, int> passphrase, void* user);

    [LibraryImport(Library)]
    internal static partial nint PEM_read_bio_X509_CRL(nint bio, nint reuse, delegate* unmanaged[Cdecl]<byte*, int, int, void*, int> passphrase, void* user);

    [LibraryImport(Library)]
    internal static partial nint PEM_read_bio_PrivateKey(nint bio, nint reuse, delegate* unmanaged[Cdecl]<byte*, int, int, void*, int> passphrase, void* user);

    [LibraryImport(Library)]
    internal static partial nint PEM_read_bio_Parameters(nint bio, nint reuse);

    [LibraryImport(Library)]
    internal static partial nint d2i_PKCS12_bio(nint bio, nint reuse);

    [LibraryImport(Library)]
    internal static partial int PKCS12_parse(nint container, byte* passphrase, nint* key, nint* certificate, nint* others);

    [LibraryImport(Library)]
    internal static partial void PKCS12_free(nint container);

    [LibraryImport(Library)]
    internal static partial void X509_free(nint certificate);

    [LibraryImport(Library)]
    internal static partial void X509_CRL_free(nint list);

    [LibraryImport(Library)]
    internal static partial int i2d_X509(nint certificate, byte** output);

    [LibraryImport(Library)]
    internal static partial int X509_digest(nint certificate, nint digest, byte* output, uint* length);

    [LibraryImport(Library)]
    internal static partial nint X509_get_subject_name(nint certificate);

    [LibraryImport(Library)]
    internal static partial nint X509_get_issuer_name(nint certificate);

    [LibraryImport(Library)]
    internal static partial int X509_NAME_print_ex(nint bio, nint name, int indent, nuint flags);

    [LibraryImport(Library)]
    internal static partial int X509_NAME_entry_count(nint name);

    [LibraryImport(Library)]
    internal static partial nint X509_NAME_get_entry(nint name, int index);

    [LibraryImport(Library)]
    internal static partial nint X509_NAME_ENTRY_get_object(nint entry);

    [LibraryImport(Library)]
    internal static partial nint X509_NAME_ENTRY_get_data(nint entry);

    [LibraryImport(Library)]
    internal static partial int ASN1_STRING_to_UTF8(byte** output, nint text);

    [LibraryImport(Library)]
    internal static partial nint X509_get0_serialNumber(nint certificate);

    [LibraryImport(Library)]
    internal static partial nint ASN1_INTEGER_to_BN(nint number, nint reuse);

    [LibraryImport(Library)]
    internal static partial int BN_num_bits(nint number);

    [LibraryImport(Library)]
    internal static partial int BN_bn2bin(nint number, byte* output);

    [LibraryImport(Library)]
    internal static partial void BN_free(nint number);

    [LibraryImport(Library)]
    internal static partial nint X509_get0_notBefore(nint certificate);

    [LibraryImport(Library)]
    internal static partial nint X509_get0_notAfter(nint certificate);

    [LibraryImport(Library)]
    internal static partial nint ASN1_TIME_set(nint reuse, long seconds);

    [LibraryImport(Library)]
    internal static partial int ASN1_TIME_diff(int* days, int* seconds, nint from, nint to);

    [LibraryImport(Library)]
    internal static partial void ASN1_STRING_free(nint text);

    [LibraryImport(Library)]
    internal static partial uint X509_get_key_usage(nint certificate);

    [LibraryImport(Library)]
    internal static partial nint X509_get_ext_d2i(nint certificate, int nid, int* critical, int* index);

    [LibraryImport(Library)]
    internal static partial nint X509_get0_pubkey(nint certificate);

    [LibraryImport(Library)]
    internal static partial int X509_get_signature_nid(nint certificate);

    [LibraryImport(Library)]
    internal static partial int X509_STORE_add_cert(nint store, nint certificate);

    [LibraryImport(Library)]
    internal static partial int X509_STORE_add_crl(nint store, nint list);

    [LibraryImport(Library)]
    internal static partial int X509_STORE_load_path(nint store, byte* path);

    [LibraryImport(Library)]
    internal static partial int X509_STORE_set_flags(nint store, nuint flags);

    [LibraryImport(Library)]
    internal static partial void X509_VERIFY_PARAM_set_time(nint parameters, long seconds);

    [LibraryImport(Library)]
    internal static partial int X509_STORE_CTX_get_error(nint context);

    [LibraryImport(Library)]
    internal static partial void X509_STORE_CTX_set_error(nint context, int error);

    [LibraryImport(Library)]
    internal static partial int X509_STORE_CTX_get_error_depth(nint context);

    [LibraryImport(Library)]
    internal static partial nint X509_STORE_CTX_get_current_cert(nint context);

    [LibraryImport(Library)]
    internal static partial byte* X509_verify_cert_error_string(nint error);
}
