// SPDX-License-Identifier: Apache-2.0
using System.IO.Compression;

namespace Tunbridge.Doctor;

/// <summary>Where the paths of the examined machine begin, so that tests can lay out a machine in a directory.</summary>
/// <remarks>A file that is missing or may not be read is null or empty here: the examination goes on without it.</remarks>
internal sealed class DoctorRoot
{
    private readonly string _directory;
    private readonly Func<string, string?> _environment;

    /// <summary>Takes a directory as the root.</summary>
    /// <param name="directory">The directory, empty for the machine itself.</param>
    /// <param name="environment">Gives environment variables; the process's own when null.</param>
    /// <param name="modprobe">The modprobe to run; found on PATH and in the sbin directories when null.</param>
    public DoctorRoot(string directory, Func<string, string?>? environment = null, string? modprobe = null)
    {
        _directory = directory.TrimEnd('/');
        _environment = environment ?? Environment.GetEnvironmentVariable;
        Modprobe = modprobe ?? FindModprobe(_environment("PATH"));
    }

    /// <summary>The machine this process runs on.</summary>
    public static DoctorRoot Machine { get; } = new("");

    /// <summary>The modprobe program, or null when there is none.</summary>
    public string? Modprobe { get; }

    /// <summary>The running kernel's release, as <c>uname -r</c> prints it.</summary>
    public string KernelRelease => ReadText("/proc/sys/kernel/osrelease")?.Trim() ?? "";

    /// <summary>The real path of a path of the examined machine.</summary>
    public string At(string path) => _directory + path;

    /// <summary>An environment variable.</summary>
    public string? Variable(string name) => _environment(name);

    /// <summary>Whether there is a file or directory.</summary>
    public bool Exists(string path) => Path.Exists(At(path));

    /// <summary>A file's text, or null; a name that ends in .gz is unpacked.</summary>
    public string? ReadText(string path)
    {
        try
        {
            if (!path.EndsWith(".gz", StringComparison.Ordinal))
                return File.ReadAllText(At(path));
            using FileStream packed = File.OpenRead(At(path));
            using GZipStream unpacked = new(packed, CompressionMode.Decompress);
            using StreamReader reader = new(unpacked);
            return reader.ReadToEnd();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // "Cannot be read" is an answer of its own; the checks say so where it matters.
            return null;
        }
    }

    /// <summary>A file's lines, none when it cannot be read.</summary>
    public string[] ReadLines(string path) => ReadText(path)?.Split('\n') ?? [];

    /// <summary>A file's only word, such as a sysctl's value, or null.</summary>
    public string? ReadWord(string path) => ReadText(path)?.Trim();

    /// <summary>The names in a directory, sorted; none when it cannot be read.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="suffix">How names must end.</param>
    public IReadOnlyList<string> List(string path, string suffix = "")
    {
        try
        {
            return
            [
                .. Directory.EnumerateFileSystemEntries(At(path)).Select(p => Path.GetFileName(p))
                    .Where(n => n.EndsWith(suffix, StringComparison.Ordinal)).Order(StringComparer.Ordinal),
            ];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string? FindModprobe(string? path) =>
        $"{path}:/usr/sbin:/sbin".Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(d => Path.Combine(d, "modprobe")).FirstOrDefault(File.Exists);
}
