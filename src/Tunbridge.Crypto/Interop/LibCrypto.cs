// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace Tunbridge.Crypto.Interop;

/// <summary>libcrypto of OpenSSL 3: errors, versions, memory; one partial file per family. Opaque pointers only.</summary>
/// <remarks>
/// Calls that take well under a microsecond and never wait are made without leaving the collector's cooperative mode
/// (<see cref="SuppressGCTransitionAttribute"/>): on a packet of 1,400 bytes the transitions would cost a quarter.
/// </remarks>
internal static unsafe partial class LibCrypto
{
    internal const string Library = "libcrypto.so.3";

    [LibraryImport(Library)]
    internal static partial byte* OpenSSL_version(int type);

    [LibraryImport(Library)]
    internal static partial uint OPENSSL_version_major();

    [LibraryImport(Library)]
    internal static partial void OPENSSL_cleanse(void* bytes, nuint length);

    [LibraryImport(Library)]
    internal static partial void CRYPTO_free(void* block, byte* file, int line);

    [LibraryImport(Library)]
    internal static partial int RAND_bytes(byte* buffer, int length);

    [LibraryImport(Library)]
    internal static partial nuint ERR_get_error();

    [LibraryImport(Library)]
    internal static partial nuint ERR_peek_last_error();

    [LibraryImport(Library)]
    internal static partial void ERR_clear_error();

    [LibraryImport(Library)]
    internal static partial byte* ERR_reason_error_string(nuint error);

    [LibraryImport(Library)]
    internal static partial int OBJ_obj2nid(nint oid);

    [LibraryImport(Library)]
    internal static partial byte* OBJ_nid2sn(int nid);

    [LibraryImport(Library)]
    internal static partial byte* OBJ_nid2ln(int nid);

    [LibraryImport(Library)]
    internal static partial int OBJ_obj2txt(byte* buffer, int length, nint oid, int numbers);

    [LibraryImport(Library)]
    internal static partial nint OBJ_txt2obj(byte* text, int numbers);

    [LibraryImport(Library)]
    internal static partial int OBJ_cmp(nint a, nint b);

    [LibraryImport(Library)]
    internal static partial void ASN1_OBJECT_free(nint oid);

    [LibraryImport(Library)]
    internal static partial nint BIO_new(nint method);

    [LibraryImport(Library)]
    internal static partial nint BIO_s_mem();

    [LibraryImport(Library)]
    internal static partial nint BIO_new_mem_buf(void* buffer, int length);

    [LibraryImport(Library)]
    internal static partial int BIO_free(nint bio);

    [LibraryImport(Library)]
    internal static partial int BIO_read(nint bio, void* buffer, int length);

    [LibraryImport(Library)]
    internal static partial int BIO_write(nint bio, void* buffer, int length);

    [LibraryImport(Library)]
    internal static partial nuint BIO_ctrl_pending(nint bio);

    [LibraryImport(Library)]
    internal static partial int OPENSSL_sk_num(nint stack);

    [LibraryImport(Library)]
    internal static partial nint OPENSSL_sk_value(nint stack, int index);

    [LibraryImport(Library)]
    internal static partial void OPENSSL_sk_pop_free(nint stack, delegate* unmanaged[Cdecl]<nint, void> free);

    /// <summary>A C string that the library owns.</summary>
    internal static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";

    /// <summary>The reason of the newest error of this thread, and empties its list.</summary>
    internal static string TakeError()
    {
        nuint last = 0;
        for (nuint error = ERR_get_error(); error != 0; error = ERR_get_error())
            last = error;
        return last == 0 ? "no reason given" : ERR_reason_error_string(last) is var s and not null ? Text(s) : $"error {last:X}";
    }
}
