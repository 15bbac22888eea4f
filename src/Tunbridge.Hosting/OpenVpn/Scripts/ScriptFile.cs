// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>A file through which a script and we exchange words; only we and root may read it, and it goes with this object.</summary>
internal sealed class ScriptFile : IDisposable
{
    // Nobody has to say more than this.
    private const int MaximumLength = 64 * 1024;
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromMilliseconds(250);

    private ScriptFile(string path) => Name = path;

    /// <summary>Its path.</summary>
    internal string Name { get; }

    /// <summary>Makes a file that nobody can foretell the name of.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="content">What is in it at first.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    internal static ScriptFile Create(string directory, ReadOnlySpan<byte> content)
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("Tunbridge runs on Linux.");
        string path = Path.Combine(directory, $"tunbridge_{Guid.NewGuid():N}.tmp");
        using FileStream stream = new(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            BufferSize = 0,
        });
        stream.Write(content);
        return new ScriptFile(path);
    }

    /// <summary>What a script has written; empty when it cannot be read.</summary>
    internal string Read()
    {
        try
        {
            using FileStream stream = File.OpenRead(Name);
            byte[] bytes = new byte[Math.Min(stream.Length, MaximumLength)];
            int count = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return Encoding.UTF8.GetString(bytes, 0, count);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>Waits until a script says 1 for yes or 0 for no.</summary>
    /// <param name="limit">How long; then it is no.</param>
    /// <param name="cancellationToken">Ends the waiting; then it is no.</param>
    internal async Task<bool> WaitForVerdictAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ending.CancelAfter(limit);
        using PeriodicTimer timer = new(s_lookEvery);
        try
        {
            while (true)
            {
                string text = Read();
                if (text.StartsWith('1') || text.StartsWith('0'))
                    return text[0] == '1';
                await timer.WaitForNextTickAsync(ending.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        try
        {
            File.Delete(Name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Its directory was taken away: then the file is gone, too.
        }
    }
}
