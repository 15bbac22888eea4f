// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Tunnels;

/// <summary>Verifies and decrypts packets in place under one key that is set up once.</summary>
/// <remarks>
/// The key lies in native memory and is wiped by <see cref="IDisposable.Dispose"/>. Not thread-safe: each thread
/// that opens under the same key has its own, from <see cref="Fork"/>. Nothing allocates but <see cref="Fork"/>.
/// </remarks>
public interface IAeadOpener : IDisposable
{
    /// <summary>Which cipher this is.</summary>
    AeadAlgorithm Algorithm { get; }

    /// <summary>Decrypts <paramref name="packet"/> in place, if its tag is right.</summary>
    /// <param name="nonce">The 12 bytes that it was sealed with.</param>
    /// <param name="associatedData">The bytes that were authenticated with it; may be empty.</param>
    /// <param name="packet">
    /// Ciphertext in, plaintext of the same length out; may be empty. When the answer is false its content is
    /// undefined and must not be used.
    /// </param>
    /// <param name="tag">The tag that came with it; any other length than 16 is a wrong tag.</param>
    /// <returns>Whether the packet is authentic; compared in constant time.</returns>
    /// <exception cref="ArgumentException">The nonce is not 12 bytes long.</exception>
    bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, Span<byte> packet, ReadOnlySpan<byte> tag);

    /// <summary>Another opener under the same key, for another thread; it lives on when this one is disposed.</summary>
    /// <returns>The opener; the caller disposes it.</returns>
    /// <exception cref="ObjectDisposedException">This opener has been disposed.</exception>
    IAeadOpener Fork();
}
