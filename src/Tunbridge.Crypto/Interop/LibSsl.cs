// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Tunbridge.Crypto.Interop;

/// <summary>libssl of OpenSSL 3: contexts and connections. Opaque pointers only; macros are written out as control calls.</summary>
internal static unsafe partial class LibSsl
{
    private const string Library = "libssl.so.3";

    internal const int SSL_CTRL_SET_SESS_CACHE_MODE = 44, SSL_CTRL_MODE = 33, SSL_CTRL_CHAIN_CERT = 89,
        SSL_CTRL_SET_GROUPS_LIST = 92, SSL_CTRL_GET_PEER_TMP_KEY = 109,
        SSL_CTRL_SET_MIN_PROTO_VERSION = 123, SSL_CTRL_SET_MAX_PROTO_VERSION = 124;

    internal const nint SSL_MODE_RELEASE_BUFFERS = 0x10;
    internal const ulong SSL_OP_CLEANSE_PLAINTEXT = 1UL << 1, SSL_OP_NO_TICKET = 1UL << 14, SSL_OP_NO_COMPRESSION = 1UL << 17,
        SSL_OP_CIPHER_SERVER_PREFERENCE = 1UL << 22, SSL_OP_NO_RENEGOTIATION = 1UL << 30;

    internal const int SSL_VERIFY_NONE = 0, SSL_VERIFY_PEER = 1, SSL_VERIFY_FAIL_IF_NO_PEER_CERT = 2;
    internal const int SSL_ERROR_SSL = 1, SSL_ERROR_WANT_READ = 2, SSL_ERROR_WANT_WRITE = 3, SSL_ERROR_ZERO_RETURN = 6;

    [LibraryImport(Library)]
    internal static partial nint TLS_client_method();

    [LibraryImport(Library)]
    internal static partial nint TLS_server_method();

    [LibraryImport(Library)]
    internal static partial nint SSL_CTX_new(nint method);

    [LibraryImport(Library)]
    internal static partial void SSL_CTX_free(nint context);

    [LibraryImport(Library)]
    internal static partial nint SSL_CTX_ctrl(nint context, int command, nint number, void* pointer);

    [LibraryImport(Library)]
    internal static partial ulong SSL_CTX_set_options(nint context, ulong options);

    [LibraryImport(Library)]
    internal static partial int SSL_CTX_set_num_tickets(nint context, nuint count);

    [LibraryImport(Library)]
    internal static partial int SSL_CTX_set_cipher_list(nint context, byte* list);

    [LibraryImport(Library)]
    internal static partial int SSL_CTX_set_ciphersuites(nint context, byte* list);

    [LibraryImport(Library)]
    internal static partial void SSL_CTX_set_security_level(nint context, int level);

    [LibraryImport(Library)]
    internal static partial int SSL_CTX_use_certificate(nint context, nint certificate);

    [LibraryImport(Library)]
    internal static partial int SSL_CTX_use_PrivateKey(nint context, nint key);

    [LibraryImport(Library)]
    internal static partial int SSL_CTX_check_private_key(nint context);

    [LibraryImport(Library)]
    internal static partial int SSL_CTX_set0_tmp_dh_pkey(nint context, nint key);

    [LibraryImport(Library)]
    internal static partial nint SSL_CTX_get_cert_store(nint context);

    [LibraryImport(Library)]
    internal static partial int SSL_CTX_add_client_CA(nint context, nint certificate);

    [LibraryImport(Library)]
    internal static partial void SSL_CTX_set_verify(nint context, int mode, delegate* unmanaged[Cdecl]<int, nint, int> callback);

    [LibraryImport(Library)]
    internal static partial byte* OPENSSL_cipher_name(byte* standardName);

    [LibraryImport(Library)]
    internal static partial nint SSL_new(nint context);

    [LibraryImport(Library)]
    internal static partial void SSL_free(nint ssl);

    [LibraryImport(Library)]
    internal static partial void SSL_set_bio(nint ssl, nint read, nint write);

    [LibraryImport(Library)]
    internal static partial void SSL_set_connect_state(nint ssl);

    [LibraryImport(Library)]
    internal static partial void SSL_set_accept_state(nint ssl);

    [LibraryImport(Library)]
    internal static partial nint SSL_get0_param(nint ssl);

    [LibraryImport(Library)]
    internal static partial int SSL_do_handshake(nint ssl);

    [LibraryImport(Library)]
    internal static partial int SSL_read(nint ssl, void* buffer, int length);

    [LibraryImport(Library)]
    internal static partial int SSL_peek(nint ssl, void* buffer, int length);

    [LibraryImport(Library)]
    internal static partial int SSL_write(nint ssl, void* buffer, int length);

    [LibraryImport(Library)]
    internal static partial int SSL_shutdown(nint ssl);

    [LibraryImport(Library)]
    internal static partial int SSL_get_error(nint ssl, int result);

    [LibraryImport(Library)]
    internal static partial nint SSL_ctrl(nint ssl, int command, nint number, void* pointer);

    [LibraryImport(Library)]
    internal static partial byte* SSL_alert_desc_string_long(int alert);

    [LibraryImport(Library)]
    internal static partial byte* SSL_get_version(nint ssl);

    [LibraryImport(Library)]
    internal static partial nint SSL_get_current_cipher(nint ssl);

    [LibraryImport(Library)]
    internal static partial byte* SSL_CIPHER_get_name(nint cipher);

    [LibraryImport(Library)]
    internal static partial byte* SSL_CIPHER_get_version(nint cipher);

    [LibraryImport(Library)]
    internal static partial nint SSL_get0_peer_certificate(nint ssl);

    [LibraryImport(Library)]
    internal static partial nint SSL_get0_verified_chain(nint ssl);

    [LibraryImport(Library)]
    internal static partial nint SSL_CTX_get0_certificate(nint context);

    [LibraryImport(Library)]
    internal static partial int SSL_export_keying_material(
        nint ssl, byte* output, nuint length, byte* label, nuint labelLength, byte* context, nuint contextLength, int useContext);
}
