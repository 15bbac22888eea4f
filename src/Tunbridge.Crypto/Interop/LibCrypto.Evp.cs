// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Tunbridge.Crypto.Interop;

/// <summary>openssl/evp.h, openssl/param_build.h: ciphers, digests, codes.</summary>
internal static unsafe partial class LibCrypto
{
    internal const int EVP_CTRL_AEAD_GET_TAG = 0x10, EVP_CTRL_AEAD_SET_TAG = 0x11;

    [LibraryImport(Library)]
    internal static partial nint EVP_CIPHER_fetch(nint library, byte* name, byte* properties);

    [LibraryImport(Library)]
    internal static partial void EVP_CIPHER_free(nint cipher);

    [LibraryImport(Library)]
    internal static partial nint EVP_CIPHER_CTX_new();

    [LibraryImport(Library)]
    internal static partial void EVP_CIPHER_CTX_free(nint context);

    [LibraryImport(Library)]
    internal static partial int EVP_CIPHER_CTX_copy(nint destination, nint source);

    [LibraryImport(Library)]
    internal static partial int EVP_CIPHER_CTX_set_padding(nint context, int pad);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int EVP_CIPHER_CTX_ctrl(nint context, int command, int argument, void* pointer);

    [LibraryImport(Library)]
    internal static partial int EVP_CipherInit_ex(nint context, nint cipher, nint engine, byte* key, byte* iv, int encrypt);

    [LibraryImport(Library, EntryPoint = "EVP_CipherInit_ex"), SuppressGCTransition]
    internal static partial int EVP_CipherInit_nonce(nint context, nint cipher, nint engine, byte* key, byte* iv, int encrypt);

    [LibraryImport(Library)]
    internal static partial int EVP_CipherUpdate(nint context, byte* output, int* written, byte* input, int length);

    [LibraryImport(Library, EntryPoint = "EVP_CipherUpdate"), SuppressGCTransition]
    internal static partial int EVP_CipherUpdate_short(nint context, byte* output, int* written, byte* input, int length);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int EVP_CipherFinal_ex(nint context, byte* output, int* written);

    [LibraryImport(Library)]
    internal static partial nint EVP_MD_fetch(nint library, byte* name, byte* properties);

    [LibraryImport(Library)]
    internal static partial nint EVP_sha1();

    [LibraryImport(Library)]
    internal static partial nint EVP_sha256();

    [LibraryImport(Library)]
    internal static partial int EVP_Digest(byte* data, nuint length, byte* digest, uint* written, nint type, nint engine);

    [LibraryImport(Library)]
    internal static partial nint EVP_MAC_fetch(nint library, byte* name, byte* properties);

    [LibraryImport(Library)]
    internal static partial nint EVP_MAC_CTX_new(nint mac);

    [LibraryImport(Library)]
    internal static partial nint EVP_MAC_CTX_dup(nint context);

    [LibraryImport(Library)]
    internal static partial void EVP_MAC_CTX_free(nint context);

    [LibraryImport(Library)]
    internal static partial int EVP_MAC_init(nint context, byte* key, nuint length, nint parameters);

    [LibraryImport(Library)]
    internal static partial int EVP_MAC_update(nint context, byte* data, nuint length);

    [LibraryImport(Library)]
    internal static partial int EVP_MAC_final(nint context, byte* output, nuint* written, nuint size);

    [LibraryImport(Library)]
    internal static partial nint OSSL_PARAM_BLD_new();

    [LibraryImport(Library)]
    internal static partial int OSSL_PARAM_BLD_push_utf8_string(nint builder, byte* key, byte* text, nuint length);

    [LibraryImport(Library)]
    internal static partial nint OSSL_PARAM_BLD_to_param(nint builder);

    [LibraryImport(Library)]
    internal static partial void OSSL_PARAM_BLD_free(nint builder);

    [LibraryImport(Library)]
    internal static partial void OSSL_PARAM_free(nint parameters);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_get_bits(nint key);

    [LibraryImport(Library)]
    internal static partial byte* EVP_PKEY_get0_type_name(nint key);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_get_group_name(nint key, byte* name, nuint size, nuint* length);

    [LibraryImport(Library)]
    internal static partial void EVP_PKEY_free(nint key);
}
