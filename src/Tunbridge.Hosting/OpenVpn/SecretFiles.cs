// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Microsoft.Win32.SafeHandles;
using Tunbridge.OpenVpn.Settings;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>Reads what the directives of a configuration name, into memory that is wiped, and looks at who else may read it.</summary>
internal sealed class SecretFiles(TunnelConfiguration configuration, TunnelIdentityOptions options)
{
    // No certificate bundle or revocation list in use comes near.
    private const long MaximumLength = 64 * 1024 * 1024;

    private const UnixFileMode ReadableByOthers = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute |
        UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private readonly List<string> _warnings = [];

    /// <summary>Where relative paths begin.</summary>
    internal string Directory { get; } = Path.GetFullPath(
        configuration.Process.Directory ?? ".", Path.GetFullPath(options.Directory ?? "."));

    /// <summary>Files that others may read, in the words of openvpn.</summary>
    internal IReadOnlyList<string> Warnings => _warnings;

    /// <summary>A path as openvpn means it.</summary>
    internal string Resolve(string path) => Path.GetFullPath(path, Directory);

    /// <summary>Reads a material; the caller disposes the bytes.</summary>
    internal SecretBytes Read(KeyMaterial material, bool isSecret)
    {
        if (material.Inline is { } text)
        {
            SecretBytes bytes = new(Encoding.UTF8.GetByteCount(text));
            Encoding.UTF8.GetBytes(text, bytes.Span);
            return bytes;
        }
        if (material.File is not { } file)
            throw Fault(material, "names neither a file nor a text between tags");
        string path = Resolve(file);
        try
        {
            using SafeFileHandle handle = File.OpenHandle(path);
            if (isSecret)
                Examine(material, file, handle);
            return Read(handle);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw Fault(material, $"cannot read '{path}': {Why(e)}", e);
        }
    }

    internal static TunnelIdentityException Fault(KeyMaterial material, string what, Exception? inner = null) =>
        new($"{material.Position}: {material.Directive}: {what}", inner);

    // A file's length may be 0 when it is a pipe or of /proc: read until nothing comes.
    private static SecretBytes Read(SafeFileHandle handle)
    {
        long length = RandomAccess.GetLength(handle);
        if (length > MaximumLength)
            throw new IOException($"it has {length} bytes, which no key or certificate has");
        SecretBytes bytes = new((int)Math.Max(length, 64 * 1024));
        int count = 0;
        using FileStream stream = new(handle, FileAccess.Read, bufferSize: 0);
        while (count < bytes.Length && stream.Read(bytes.Span[count..]) is > 0 and int read)
            count += read;
        using (bytes)
            return new SecretBytes(bytes.Span[..count]);
    }

    private void Examine(KeyMaterial material, string file, SafeFileHandle handle)
    {
        if (!OperatingSystem.IsLinux())
            return;
        UnixFileMode mode = File.GetUnixFileMode(handle);
        if ((mode & ReadableByOthers) == 0)
            return;
        if (options.RefusesReadableSecrets)
            throw Fault(material, $"'{file}' is group or others accessible (mode {Convert.ToString((int)mode, 8)}); run: chmod 600 {Resolve(file)}");
        string warning = $"WARNING: file '{file}' is group or others accessible";
        if (!_warnings.Contains(warning))
            _warnings.Add(warning);
    }

    private static string Why(Exception e) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => "there is no such file; write its path from the working directory, or put its text between tags",
        UnauthorizedAccessException => "this process may not read it",
        _ => e.Message,
    };
}
