// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Tunnels;

/// <summary>HMAC (RFC 2104) under one key that is set up once.</summary>
/// <remarks>
/// The key lies in native memory and is wiped by <see cref="IDisposable.Dispose"/>. Not thread-safe: each thread
/// that uses the same key has its own, from <see cref="Fork"/>. Nothing allocates but <see cref="Fork"/>.
/// </remarks>
public interface IMac : IDisposable
{
    /// <summary>The digest below.</summary>
    DigestAlgorithm Algorithm { get; }

    /// <summary>Bytes of a code.</summary>
    int Size { get; }

    /// <summary>Writes the code of <paramref name="first"/> followed by <paramref name="second"/>.</summary>
    /// <param name="first">What comes first; may be empty.</param>
    /// <param name="second">What follows; may be empty.</param>
    /// <param name="code">Exactly <see cref="Size"/> bytes, written.</param>
    /// <exception cref="ArgumentException">The code has another length.</exception>
    void Compute(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> code);

    /// <summary>Whether <paramref name="code"/> is that of <paramref name="first"/> followed by <paramref name="second"/>.</summary>
    /// <param name="first">What comes first; may be empty.</param>
    /// <param name="second">What follows; may be empty.</param>
    /// <param name="code">The code that came; any other length than <see cref="Size"/> is wrong.</param>
    /// <returns>Whether it is right; compared in constant time.</returns>
    bool Verify(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> code);

    /// <summary>Another one with the same key, for another thread; it lives on when this one is disposed.</summary>
    /// <returns>The code maker; the caller disposes it.</returns>
    /// <exception cref="ObjectDisposedException">This one has been disposed.</exception>
    IMac Fork();
}
