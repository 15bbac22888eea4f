// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>A file through which a script and we exchange words; only we and root may read it, and it goes with this object.</summary>
internal sealed class ScriptFile : IDisposable
{
    // Nobody has to say more than this.
    private const int MaximumLength = 64 * 1024;

    private const string Prefix = "tunbridge_";
    private const string Suffix = ".tmp";
    private static readonly string s_life = Guid.NewGuid().ToString("N")[..8];
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
        ScriptFile file = new(Path.Combine(directory, $"{Prefix}{Environment.ProcessId}_{s_life}_{Guid.NewGuid():N}{Suffix}"));
        using FileStream stream = new(file.Name, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            BufferSize = 0,
        });
        try
        {
            stream.Write(content);
        }
        catch (IOException)
        {
            file.Dispose();
            throw;
        }
        return file;
    }

    /// <summary>Takes away what processes have left that were killed: there may be passwords in it.</summary>
    /// <param name="directory">Where files of scripts are made.</param>
    internal static void Sweep(string directory)
    {
        try
        {
            foreach (string path in Directory.EnumerateFiles(directory, $"{Prefix}*{Suffix}"))
            {
                string[] words = Path.GetFileNameWithoutExtension(path)[Prefix.Length..].Split('_');
                // Of a process that is gone, or that had our number before us, as the first of a container always has.
                if (words is [{ } process, { } life, _] && int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out int id) &&
                    (id == Environment.ProcessId ? life != s_life : !Directory.Exists($"/proc/{id}")))
                    new ScriptFile(path).Dispose();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It cannot be looked into: then nothing of ours was made there.
        }
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
