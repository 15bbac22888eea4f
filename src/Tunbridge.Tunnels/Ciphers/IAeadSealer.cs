// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Tunnels;

/// <summary>Encrypts and authenticates packets, in place or from one place to another, under one key that is set up once.</summary>
/// <remarks>
/// The key lies in native memory and is wiped by <see cref="IDisposable.Dispose"/>. Not thread-safe: each thread
/// that seals under the same key has its own, from <see cref="Fork"/>, and is done with it when it is disposed. Nothing allocates but <see cref="Fork"/>.
/// </remarks>
public interface IAeadSealer : IDisposable
{
    /// <summary>Which cipher this is.</summary>
    AeadAlgorithm Algorithm { get; }

    /// <summary>Encrypts <paramref name="packet"/> into <paramref name="ciphertext"/> and writes its tag.</summary>
    /// <param name="nonce">12 bytes, never twice the same under one key.</param>
    /// <param name="associatedData">Bytes that are authenticated, not encrypted; may be empty.</param>
    /// <param name="packet">Plaintext; may be empty.</param>
    /// <param name="ciphertext">Written, as long as the packet; either the very same bytes or apart from it.</param>
    /// <param name="tag">16 bytes, written; must not overlap <paramref name="ciphertext"/>.</param>
    /// <exception cref="ArgumentException">The nonce is not 12 bytes long, the tag not 16, or the ciphertext not as long as the packet.</exception>
    void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> packet, Span<byte> ciphertext, Span<byte> tag);

    /// <summary>Encrypts <paramref name="packet"/> in place and writes its tag.</summary>
    /// <param name="nonce">12 bytes, never twice the same under one key.</param>
    /// <param name="associatedData">Bytes that are authenticated, not encrypted; may be empty.</param>
    /// <param name="packet">Plaintext in, ciphertext of the same length out; may be empty.</param>
    /// <param name="tag">16 bytes, written; must not overlap <paramref name="packet"/>.</param>
    /// <exception cref="ArgumentException">The nonce is not 12 bytes long, or the tag not 16.</exception>
    void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, Span<byte> packet, Span<byte> tag) =>
        Seal(nonce, associatedData, packet, packet, tag);

    /// <summary>Another sealer under the same key, for another thread; it lives on when this one is disposed.</summary>
    /// <returns>The sealer; the caller disposes it.</returns>
    /// <exception cref="ObjectDisposedException">This sealer has been disposed.</exception>
    IAeadSealer Fork();
}
