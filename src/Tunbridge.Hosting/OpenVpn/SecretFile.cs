// SPDX-License-Identifier: Apache-2.0
using Microsoft.Win32.SafeHandles;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>Reads files that may hold secrets, straight into memory that is wiped.</summary>
public static class SecretFile
{
    // No certificate bundle or revocation list in use comes near.
    private const long MaximumLength = 64 * 1024 * 1024;

    private const int FirstRoom = 4096;

    /// <summary>Reads a file.</summary>
    /// <param name="path">Its path.</param>
    /// <returns>Its bytes; the caller disposes them.</returns>
    /// <exception cref="IOException">It cannot be read, or has more than 64 MiB.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be read.</exception>
    public static SecretBytes Read(string path)
    {
        using SafeFileHandle handle = File.OpenHandle(path);
        return Read(handle);
    }

    /// <summary>Reads what comes from a stream until its end. The stream should have no buffer: that would keep what went through it.</summary>
    /// <param name="stream">The stream, which stays the caller's.</param>
    /// <returns>Its bytes; the caller disposes them.</returns>
    /// <exception cref="IOException">It cannot be read, or gives more than 64 MiB.</exception>
    public static SecretBytes Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Read(stream, FirstRoom);
    }

    // A file's length may be 0 when it is a pipe or of /proc: read until nothing comes.
    internal static SecretBytes Read(SafeFileHandle handle)
    {
        using FileStream stream = new(handle, FileAccess.Read, bufferSize: 0);
        return Read(stream, stream.CanSeek ? Math.Clamp(stream.Length + 1, FirstRoom, MaximumLength) : FirstRoom);
    }

    private static SecretBytes Read(Stream stream, long room)
    {
        SecretBytes bytes = new((int)room);
        try
        {
            int count = 0;
            while (stream.Read(bytes.Span[count..]) is > 0 and int read)
            {
                count += read;
                if (count < bytes.Length)
                    continue;
                if (count >= MaximumLength)
                    throw new IOException($"it has more than {MaximumLength} bytes, which no key or certificate has");
                SecretBytes larger = new((int)Math.Min(2L * count, MaximumLength));
                bytes.Span.CopyTo(larger.Span);
                bytes.Dispose();
                bytes = larger;
            }
            return new SecretBytes(bytes.Span[..count]);
        }
        finally
        {
            bytes.Dispose();
        }
    }
}
