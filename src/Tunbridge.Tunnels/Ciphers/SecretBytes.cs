// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;

namespace Tunbridge.Tunnels;

/// <summary>Bytes that must not stay behind: pinned, so that the collector never copies them, and wiped at the end.</summary>
/// <remarks>Not thread-safe. Whoever makes one disposes it.</remarks>
public sealed class SecretBytes : IDisposable
{
    private readonly byte[] _bytes;
    private bool _disposed;

    /// <summary>Room for a secret, zero at first.</summary>
    /// <param name="length">Bytes, 0 or more.</param>
    public SecretBytes(int length)
    {
        _bytes = GC.AllocateArray<byte>(length, pinned: true);
        if (length > 0)
            Guard?.Invoke(_bytes);
    }

    /// <summary>A copy of a secret; wiping the source is the caller's part.</summary>
    /// <param name="source">What is copied.</param>
    public SecretBytes(ReadOnlySpan<byte> source) : this(source.Length) => source.CopyTo(_bytes);

    /// <summary>
    /// Gets the memory of each secret before anything is in it: where a program has its pages locked. Null: nothing is done. Set once,
    /// when the program starts; must not throw.
    /// </summary>
    public static Action<ReadOnlyMemory<byte>>? Guard { get; set; }

    /// <summary>How many bytes there are.</summary>
    public int Length => _bytes.Length;

    /// <summary>The bytes themselves, to read and to write; not to be used after <see cref="Dispose"/>.</summary>
    /// <exception cref="ObjectDisposedException">They have been wiped.</exception>
    public Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _bytes;
        }
    }

    /// <summary>The bytes for those that keep a reference; they see zeros after <see cref="Dispose"/>.</summary>
    /// <exception cref="ObjectDisposedException">They have been wiped.</exception>
    public ReadOnlyMemory<byte> Memory
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _bytes;
        }
    }

    /// <summary>Wipes the bytes.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_bytes);
        _disposed = true;
    }

    /// <summary>Says nothing of the content.</summary>
    /// <returns>"secret of N bytes".</returns>
    public override string ToString() => $"secret of {_bytes.Length} bytes";
}
