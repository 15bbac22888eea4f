// SPDX-License-Identifier: Apache-2.0
using Microsoft.Win32.SafeHandles;

namespace Tunbridge.Output;

/// <summary>Standard output of commands that print on and on, and have to end when nobody reads any more.</summary>
internal static class StandardOutput
{
    private const int Number = 1;

    /// <summary>Opens it for bytes.</summary>
    /// <param name="isPipe">Whether a write fails with <see cref="IOException"/> when the reader is gone, as `head` goes.</param>
    internal static Stream Open(out bool isPipe)
    {
        // The console's stream keeps silent about a reader that is gone; a file has to share its position with others.
        FileStream? raw = TryOpenRaw();
        isPipe = raw is { CanSeek: false } && Console.IsOutputRedirected;
        return isPipe ? raw! : Console.OpenStandardOutput();
    }

    /// <summary>Opens it for text, which a flush writes.</summary>
    /// <param name="isPipe">The same.</param>
    internal static TextWriter OpenText(out bool isPipe)
    {
        Stream output = Open(out isPipe);
        return isPipe ? new StreamWriter(output) : Console.Out;
    }

    private static FileStream? TryOpenRaw()
    {
        try
        {
            return new(new SafeFileHandle(Number, ownsHandle: false), FileAccess.Write);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Closed by whoever started the program (`>&-`): what has its number now is not for output.
            return null;
        }
    }
}
