// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Tunnels;

/// <summary>One direction of a cipher without authentication, under one key that is set up once.</summary>
/// <remarks>
/// The key lies in native memory and is wiped by <see cref="IDisposable.Dispose"/>. Not thread-safe: each thread
/// that uses the same key has its own, from <see cref="Fork"/>. Nothing allocates but <see cref="Fork"/>.
/// </remarks>
public interface ICipher : IDisposable
{
    /// <summary>Which cipher this is.</summary>
    CipherAlgorithm Algorithm { get; }

    /// <summary>Encrypts or decrypts <paramref name="data"/> in place.</summary>
    /// <param name="initialisationVector">16 bytes, the start of the chain or of the counter.</param>
    /// <param name="data">Changed in place; whole blocks of 16 bytes for CBC, any length for CTR; may be empty.</param>
    /// <exception cref="ArgumentException">The vector is not 16 bytes long, or the data not whole blocks.</exception>
    void Transform(ReadOnlySpan<byte> initialisationVector, Span<byte> data);

    /// <summary>Another one with the same key and direction, for another thread; it lives on when this one is disposed.</summary>
    /// <returns>The cipher; the caller disposes it.</returns>
    /// <exception cref="ObjectDisposedException">This cipher has been disposed.</exception>
    ICipher Fork();
}
