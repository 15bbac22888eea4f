// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Tunbridge.Crypto.Interop;
using Tunbridge.Tunnels;
using static Tunbridge.Crypto.Interop.LibSsl;

namespace Tunbridge.Crypto.Tls;

/// <summary>A connection of libssl between two memory BIOs: the peer's bytes go into one, ours come out of the other.</summary>
internal sealed unsafe class OpenSslTlsEngine : ITlsEngine
{
    private const int LongestRecord = 16384;

    private readonly NativeHandle _ssl;
    private nint _incoming, _outgoing;  // freed with the connection
    private bool _isSettled;            // they have been replaced after the handshake
    private readonly PeerCheck _check;
    private readonly TlsSettings _settings;

    internal OpenSslTlsEngine(nint ssl, TlsSettings settings)
    {
        _ssl = new NativeHandle(ssl, &SSL_free);
        _settings = settings;
        _check = new PeerCheck(settings);
        SetBuffers(ssl);
        if (settings.Role == TlsRole.Client)
            SSL_set_connect_state(ssl);
        else
            SSL_set_accept_state(ssl);
    }

    public TlsRole Role => _settings.Role;

    public TlsState State { get; private set; }

    public TlsFailure? Failure { get; private set; }

    public IReadOnlyList<string> Remarks => _check.Remarks;

    public IReadOnlyList<PeerCertificate> PeerChain { get; private set; } = [];

    public string Description { get; private set; } = "";

    public int PendingCiphertext
    {
        get
        {
            _ = _ssl.Pointer;
            return (int)LibCrypto.BIO_ctrl_pending(_outgoing);
        }
    }

    public TlsState Step(DateTimeOffset now, ReadOnlySpan<byte> ciphertext)
    {
        nint ssl = _ssl.Pointer;
        if (State is TlsState.Failed or TlsState.Closed)
            return State;
        fixed (byte* c = ciphertext)
        {
            if (ciphertext.Length > 0 && LibCrypto.BIO_write(_incoming, c, ciphertext.Length) != ciphertext.Length)
                throw OpenSsl.EvpFailure.Of("storing what the peer sent");
        }

        if (State == TlsState.Handshaking)
            Shake(ssl, now);
        // What is no plaintext (alerts, key updates) is dealt with now; plaintext waits for Read.
        byte next;
        if (State == TlsState.Established)
            Settle(ssl, Call(&SSL_peek, ssl, &next, 1));
        GC.KeepAlive(_ssl);
        return State;
    }

    public int TakeCiphertext(Span<byte> destination)
    {
        _ = _ssl.Pointer;
        fixed (byte* d = destination)
        {
            int taken = destination.Length == 0 ? 0 : LibCrypto.BIO_read(_outgoing, d, destination.Length);
            // They have grown to a handshake's flights and never shrink; what comes from now on is a short text now and then.
            if (!_isSettled && State == TlsState.Established && LibCrypto.BIO_ctrl_pending(_incoming) + LibCrypto.BIO_ctrl_pending(_outgoing) == 0)
            {
                _isSettled = true;
                SetBuffers(_ssl.Pointer);
            }
            GC.KeepAlive(_ssl);
            return Math.Max(0, taken);
        }
    }

    public bool TryWrite(ReadOnlySpan<byte> plaintext)
    {
        nint ssl = _ssl.Pointer;
        if (plaintext.Length is 0 or > LongestRecord)
            throw new ArgumentException($"A TLS record holds 1 to {LongestRecord} bytes.", nameof(plaintext));
        if (State != TlsState.Established)
            return false;
        fixed (byte* p = plaintext)
        {
            int written = Call(&SSL_write, ssl, p, plaintext.Length);
            if (written != plaintext.Length)
                Settle(ssl, written);
            GC.KeepAlive(_ssl);
            return written == plaintext.Length;
        }
    }

    public int Read(Span<byte> plaintext)
    {
        nint ssl = _ssl.Pointer;
        if (plaintext.Length == 0 || State != TlsState.Established)
            return 0;
        fixed (byte* p = plaintext)
        {
            int read = Call(&SSL_read, ssl, p, plaintext.Length);
            Settle(ssl, read);
            GC.KeepAlive(_ssl);
            return Math.Max(0, read);
        }
    }

    public bool TryExport(string label, Span<byte> destination)
    {
        nint ssl = _ssl.Pointer;
        if (Description.Length == 0)
            return false;
        byte[] name = Encoding.ASCII.GetBytes(label);
        fixed (byte* n = name, d = destination)
        {
            bool exported = SSL_export_keying_material(ssl, d, (nuint)destination.Length, n, (nuint)name.Length, null, 0, 0) == 1;
            LibCrypto.ERR_clear_error();
            GC.KeepAlive(_ssl);
            return exported;
        }
    }

    public void Close()
    {
        nint ssl = _ssl.Pointer;
        if (State != TlsState.Established)
            return;
        State = TlsState.Closed;
        _ = SSL_shutdown(ssl);
        LibCrypto.ERR_clear_error();
        GC.KeepAlive(_ssl);
    }

    public void Dispose() => _ssl.Dispose();

    // The connection frees those that it had.
    private void SetBuffers(nint ssl)
    {
        _incoming = LibCrypto.BIO_new(LibCrypto.BIO_s_mem());
        _outgoing = LibCrypto.BIO_new(LibCrypto.BIO_s_mem());
        SSL_set_bio(ssl, _incoming, _outgoing);
    }

    private void Shake(nint ssl, DateTimeOffset now)
    {
        LibCrypto.X509_VERIFY_PARAM_set_time(SSL_get0_param(ssl), now.ToUnixTimeSeconds());
        LibCrypto.ERR_clear_error();
        int result = _check.Shake(ssl);
        if (result != 1)
        {
            Settle(ssl, result);
            return;
        }

        nint peer = SSL_get0_peer_certificate(ssl);
        // The library has called our judge for every certificate; were it ever not to, nobody gets in.
        if (peer != 0 && !_check.HasAcceptedPeer)
        {
            Fail(new() { Reason = TlsFailureReason.Untrusted, Message = "the peer's certificate has not been verified", Depth = 0 });
            return;
        }

        State = TlsState.Established;
        PeerChain = Chain(ssl, peer);
        Description = Describe(ssl, peer);
    }

    private static int Call(delegate*<nint, void*, int, int> function, nint ssl, void* buffer, int length)
    {
        LibCrypto.ERR_clear_error();
        return function(ssl, buffer, length);
    }

    // Turns the result of a call into the state. Waiting for more is no change.
    private void Settle(nint ssl, int result)
    {
        if (result > 0)
            return;
        switch (SSL_get_error(ssl, result))
        {
            case SSL_ERROR_WANT_READ or SSL_ERROR_WANT_WRITE:
                break;
            case SSL_ERROR_ZERO_RETURN when State == TlsState.Established:
                State = TlsState.Closed;
                break;
            case SSL_ERROR_ZERO_RETURN:
                Fail(new() { Reason = TlsFailureReason.PeerAlert, Message = "the peer closed the connection during the handshake" });
                break;
            default:
                Fail(_check.Failure ?? TlsErrors.Explain());
                break;
        }

        LibCrypto.ERR_clear_error();
    }

    private void Fail(TlsFailure failure)
    {
        Failure = failure;
        State = TlsState.Failed;
    }

    private static List<PeerCertificate> Chain(nint ssl, nint peer)
    {
        nint verified = SSL_get0_verified_chain(ssl);
        int count = peer == 0 ? 0 : verified == 0 ? 1 : LibCrypto.OPENSSL_sk_num(verified);
        List<PeerCertificate> chain = [];
        for (int i = 0; i < count; i++)
            chain.Add(CertificateText.Read(verified == 0 ? peer : LibCrypto.OPENSSL_sk_value(verified, i)));
        return chain;
    }

    private static string Describe(nint ssl, nint peer)
    {
        nint cipher = SSL_get_current_cipher(ssl);
        StringBuilder text = new();
        text.Append(LibCrypto.Text(SSL_get_version(ssl))).Append(", cipher ")
            .Append(LibCrypto.Text(SSL_CIPHER_get_version(cipher))).Append(' ').Append(LibCrypto.Text(SSL_CIPHER_get_name(cipher)));
        if (peer != 0)
        {
            text.Append(", peer certificate: ").Append(CertificateText.Key(LibCrypto.X509_get0_pubkey(peer)))
                .Append(", signature: ").Append(LibCrypto.Text(LibCrypto.OBJ_nid2sn(LibCrypto.X509_get_signature_nid(peer))));
        }

        nint temporary = 0;
        if (SSL_ctrl(ssl, SSL_CTRL_GET_PEER_TMP_KEY, 0, &temporary) == 1 && temporary != 0)
        {
            text.Append(", peer temporary key: ").Append(CertificateText.Key(temporary));
            LibCrypto.EVP_PKEY_free(temporary);
        }

        return text.ToString();
    }
}
