// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tunbridge.Crypto.Interop;
using Tunbridge.Tunnels;

namespace Tunbridge.Crypto.Tls;

/// <summary>Reads certificates, revocation lists and keys out of PEM texts in memory, without a copy of ours.</summary>
internal static unsafe class PemReader
{
    /// <summary>All certificates of a text, in order; the caller frees each.</summary>
    internal static List<nint> Certificates(ReadOnlyMemory<byte> pem, string setting) =>
        All(pem, setting, "certificate", &OneCertificate);

    /// <summary>All revocation lists of a text; the caller frees each.</summary>
    internal static List<nint> RevocationLists(ReadOnlyMemory<byte> pem, string setting) =>
        All(pem, setting, "revocation list", &OneList);

    /// <summary>The private key of a text; the caller frees it.</summary>
    internal static nint PrivateKey(ReadOnlyMemory<byte> pem, ReadOnlyMemory<byte> passphrase, string setting)
    {
        using MemoryHandle text = pem.Pin(), word = passphrase.Pin();
        nint bio = Open(text, pem.Length);
        Passphrase user = new() { Bytes = (byte*)word.Pointer, Length = passphrase.Length };
        nint key = LibCrypto.PEM_read_bio_PrivateKey(bio, 0, &GivePassphrase, &user);
        _ = LibCrypto.BIO_free(bio);
        if (key != 0)
            return key;
        string reason = LibCrypto.TakeError();
        throw new TlsSettingsException(setting, user.WasAsked
            ? passphrase.IsEmpty
                ? "The private key is encrypted, and there is no passphrase for it (askpass)."
                : "The passphrase does not open the private key."
            : $"There is no private key to be read in it: {reason}.");
    }

    /// <summary>Diffie-Hellman parameters; the caller frees them.</summary>
    internal static nint Parameters(ReadOnlyMemory<byte> pem, string setting)
    {
        using MemoryHandle text = pem.Pin();
        nint bio = Open(text, pem.Length);
        nint parameters = LibCrypto.PEM_read_bio_Parameters(bio, 0);
        _ = LibCrypto.BIO_free(bio);
        return parameters != 0
            ? parameters
            : throw new TlsSettingsException(setting, $"There are no Diffie-Hellman parameters to be read in it: {LibCrypto.TakeError()}.");
    }

    /// <summary>Certificate, key and further certificates of a PKCS #12 container; the caller frees each.</summary>
    internal static (nint Certificate, nint Key, List<nint> Others) Container(
        ReadOnlyMemory<byte> bytes, ReadOnlyMemory<byte> passphrase, string setting)
    {
        using MemoryHandle text = bytes.Pin();
        nint bio = Open(text, bytes.Length);
        nint container = LibCrypto.d2i_PKCS12_bio(bio, 0);
        _ = LibCrypto.BIO_free(bio);
        if (container == 0)
            throw new TlsSettingsException(setting, $"It is no PKCS #12 container: {LibCrypto.TakeError()}.");
        using SecretBytes word = new(passphrase.Length + 1);    // ends with the zero that the library wants
        passphrase.Span.CopyTo(word.Span);
        nint certificate = 0, key = 0, stack = 0;
        int opened;
        fixed (byte* w = word.Span)
            opened = LibCrypto.PKCS12_parse(container, w, &key, &certificate, &stack);
        LibCrypto.PKCS12_free(container);
        if (opened != 1)
            throw new TlsSettingsException(setting, $"The PKCS #12 container does not open, its passphrase may be another: {LibCrypto.TakeError()}.");
        List<nint> others = [];
        for (int i = 0; stack != 0 && i < LibCrypto.OPENSSL_sk_num(stack); i++)
            others.Add(LibCrypto.OPENSSL_sk_value(stack, i));
        if (stack != 0)
            LibCrypto.OPENSSL_sk_pop_free(stack, &Keep);
        return (certificate, key, others);
    }

    private static List<nint> All(ReadOnlyMemory<byte> pem, string setting, string what, delegate*<nint, nint> readOne)
    {
        using MemoryHandle text = pem.Pin();
        nint bio = Open(text, pem.Length);
        List<nint> found = [];
        for (nint one = readOne(bio); one != 0; one = readOne(bio))
            found.Add(one);
        _ = LibCrypto.BIO_free(bio);
        // "no start line" is how the library says that no more follow.
        string reason = LibCrypto.TakeError();
        if (found.Count == 0 || reason != "no start line")
            throw new TlsSettingsException(setting, found.Count == 0
                ? $"There is no {what} to be read in it: {reason}."
                : $"Its {what} number {found.Count + 1} cannot be read: {reason}.");
        return found;
    }

    private static nint OneCertificate(nint bio) => LibCrypto.PEM_read_bio_X509(bio, 0, &GivePassphrase, null);

    private static nint OneList(nint bio) => LibCrypto.PEM_read_bio_X509_CRL(bio, 0, &GivePassphrase, null);

    private static nint Open(MemoryHandle text, int length)
    {
        LibCrypto.ERR_clear_error();
        byte none = 0;
        return LibCrypto.BIO_new_mem_buf(text.Pointer is null ? &none : text.Pointer, length);
    }

    // Without a callback the library would ask on the terminal.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int GivePassphrase(byte* buffer, int size, int forWriting, void* user)
    {
        if (user is null)
            return -1;
        Passphrase* word = (Passphrase*)user;
        word->WasAsked = true;
        if (word->Length == 0 || word->Length > size)
            return -1;
        Unsafe.CopyBlockUnaligned(buffer, word->Bytes, (uint)word->Length);
        return word->Length;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Keep(nint element)
    {
        // The stack goes, what lay on it stays: it is the caller's now.
    }

    private struct Passphrase
    {
        internal byte* Bytes;
        internal int Length;
        internal bool WasAsked;
    }
}
