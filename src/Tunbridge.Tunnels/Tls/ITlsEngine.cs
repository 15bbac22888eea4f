// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Tunnels;

/// <summary>One TLS connection as a state machine over memory: no socket, no clock, no thread.</summary>
/// <remarks>
/// <para>
/// Bytes from the peer go into <see cref="Step"/>; afterwards the caller takes what
/// <see cref="TakeCiphertext"/> and <see cref="Read"/> give until both give nothing. Sessions are never resumed and
/// never renegotiated. What the peer sends never throws: it ends in <see cref="TlsState.Failed"/>.
/// </para>
/// <para>Not thread-safe: one owner at a time. Buffers stay the caller's and are copied.</para>
/// </remarks>
public interface ITlsEngine : IDisposable
{
    /// <summary>Which end this is.</summary>
    TlsRole Role { get; }

    /// <summary>How far the connection has come.</summary>
    TlsState State { get; }

    /// <summary>Why it failed; null in every other state.</summary>
    TlsFailure? Failure { get; }

    /// <summary>
    /// What was strange about the peer and yet let pass, one line each, in the order found: "depth=0, unable to get
    /// certificate CRL: CN=client"; mostly none.
    /// </summary>
    IReadOnlyList<string> Remarks { get; }

    /// <summary>
    /// The peer's certificates, its own first and the authority that it was traced back to last; empty before
    /// the handshake is done, and when it showed none.
    /// </summary>
    IReadOnlyList<PeerCertificate> PeerChain { get; }

    /// <summary>
    /// Version, cipher and the peer's key in one line, once established: "TLSv1.3, cipher TLSv1.3
    /// TLS_AES_256_GCM_SHA384, peer certificate: 2048 bits RSA, signature: RSA-SHA256"; empty before.
    /// </summary>
    string Description { get; }

    /// <summary>Takes bytes from the peer, all of them, and goes as far as they allow; with none, begins the handshake.</summary>
    /// <param name="now">The time against which certificates are valid or not.</param>
    /// <param name="ciphertext">Any part of the peer's stream, in order; may be empty.</param>
    /// <returns>The state afterwards.</returns>
    TlsState Step(DateTimeOffset now, ReadOnlySpan<byte> ciphertext);

    /// <summary>How many bytes wait to be sent to the peer.</summary>
    int PendingCiphertext { get; }

    /// <summary>Takes bytes that go to the peer, in order.</summary>
    /// <param name="destination">Filled from the start.</param>
    /// <returns>How many bytes were taken; 0 when none wait.</returns>
    int TakeCiphertext(Span<byte> destination);

    /// <summary>Encrypts a message as one TLS record, for <see cref="TakeCiphertext"/> to give.</summary>
    /// <param name="plaintext">1 to 16,384 bytes.</param>
    /// <returns>False, and nothing written, unless the connection is established.</returns>
    /// <exception cref="ArgumentException">Empty, or longer than one record holds.</exception>
    bool TryWrite(ReadOnlySpan<byte> plaintext);

    /// <summary>Takes decrypted bytes, at most one record at a time.</summary>
    /// <param name="plaintext">Filled from the start.</param>
    /// <returns>How many bytes; 0 when none wait.</returns>
    int Read(Span<byte> plaintext);

    /// <summary>Derives key material that both ends share (RFC 5705, RFC 8446 section 7.5), without a context.</summary>
    /// <param name="label">The label, ASCII.</param>
    /// <param name="destination">Written in full.</param>
    /// <returns>False, and nothing written, unless the connection is or was established.</returns>
    bool TryExport(string label, Span<byte> destination);

    /// <summary>Says good-bye: an alert waits to be sent, nothing more can be written. Does nothing before the handshake is done or after a failure.</summary>
    void Close();
}
