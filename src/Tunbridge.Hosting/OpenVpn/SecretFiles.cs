// SPDX-License-Identifier: Apache-2.0
using Microsoft.Win32.SafeHandles;
using Tunbridge.OpenVpn.Settings;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>Reads what the directives of a configuration name, into memory that is wiped, and looks at who else may read it.</summary>
internal sealed class SecretFiles(TunnelConfiguration configuration, TunnelIdentityOptions options)
{
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
            return new SecretBytes(text.Span);
        if (material.File is not { } file)
            throw Fault(material, "names neither a file nor a text between tags");
        string path = Resolve(file);
        try
        {
            using SafeFileHandle handle = File.OpenHandle(path);
            if (isSecret)
                Examine(material, file, handle);
            return SecretFile.Read(handle);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw Fault(material, $"cannot read '{path}': {Why(e)}", e);
        }
    }

    internal static TunnelIdentityException Fault(KeyMaterial material, string what, Exception? inner = null) =>
        new($"{material.Position}: {material.Directive}: {what}", inner);

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
