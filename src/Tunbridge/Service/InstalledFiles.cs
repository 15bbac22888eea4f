// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Service;

/// <summary>Files of ours below /etc: written whole, known by their mark, taken back without a trace.</summary>
/// <remarks>
/// A file of somebody else in the same place is kept below /etc/tunbridge/replaced and put back on removal. With
/// <paramref name="dryRun"/>, what would be written, linked or unlinked is told and not done.
/// </remarks>
internal sealed class InstalledFiles(string root, TextWriter log, bool dryRun = false)
{
    /// <summary>How a file says that it is ours; stands in its first lines.</summary>
    internal const string Mark = "Made by `tunbridge";

    private const string Kept = "/etc/tunbridge/replaced";

    internal const UnixFileMode Plain =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    internal const UnixFileMode Executable = Plain | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    internal string At(string path) => root + path;

    internal bool IsOurs(string path) =>
        File.Exists(At(path)) && File.ReadLines(At(path)).Take(5).Any(l => l.Contains(Mark, StringComparison.Ordinal));

    /// <summary>Writes a file; a reader sees the old one or the new one, never a part.</summary>
    /// <returns>Whether anything changed.</returns>
    internal bool Write(string path, string text, UnixFileMode mode = Plain)
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException("files of a service have Unix modes");
        string full = At(path);
        if (IsOurs(path) && File.ReadAllText(full) == text && File.GetUnixFileMode(full) == mode)
        {
            log.WriteLine($"unchanged: {path}");
            return false;
        }

        if (dryRun)
        {
            if (File.Exists(full) && !IsOurs(path))
                log.WriteLine($"would keep: {path} as {Kept + path}, to be put back on removal");
            log.WriteLine($"would write: {path}");
            return true;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            if (File.Exists(full) && !IsOurs(path))
                Keep(path);
            string draft = full + ".tunbridge-new";
            File.WriteAllText(draft, text);
            File.SetUnixFileMode(draft, mode);
            File.Move(draft, full, overwrite: true);
        }
        catch (UnauthorizedAccessException)
        {
            throw new UnauthorizedAccessException($"{full} may not be written by this user: run as root, or write below --root DIR");
        }

        log.WriteLine($"written: {path}");
        return true;
    }

    /// <summary>Removes a file of ours and puts back what was there before.</summary>
    /// <returns>Whether anything changed.</returns>
    internal bool Remove(string path)
    {
        string full = At(path), kept = At(Kept + path);
        if (File.Exists(full) && !IsOurs(path))
        {
            log.WriteLine($"left alone, it is not ours: {path}");
            return false;
        }

        bool changed = File.Exists(full);
        if (changed)
        {
            File.Delete(full);
            log.WriteLine($"removed: {path}");
        }

        if (File.Exists(kept))
        {
            File.Move(kept, full);
            RemoveEmpty(Path.GetDirectoryName(kept)!, At("/etc/tunbridge"));
            log.WriteLine($"put back: {path}");
            changed = true;
        }

        return changed;
    }

    /// <summary>Makes a symbolic link.</summary>
    internal void Link(string path, string target)
    {
        string full = At(path);
        if (new FileInfo(full).LinkTarget == target)
            return;
        if (dryRun)
        {
            log.WriteLine($"would link: {path} to {target}");
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.Delete(full);
        File.CreateSymbolicLink(full, target);
        log.WriteLine($"linked: {path}");
    }

    /// <summary>Removes a symbolic link, and its directory when that is empty and may go.</summary>
    internal bool Unlink(string path, bool emptyDirectory = false)
    {
        string full = At(path);
        if (new FileInfo(full).LinkTarget is null)
            return false;
        if (dryRun)
        {
            log.WriteLine($"would remove: {path}");
            return true;
        }

        File.Delete(full);
        log.WriteLine($"removed: {path}");
        if (emptyDirectory)
            RemoveEmpty(Path.GetDirectoryName(full)!, Path.GetDirectoryName(Path.GetDirectoryName(full)!)!);
        return true;
    }

    /// <summary>Removes a directory that we may have made, when nothing is in it.</summary>
    internal void RemoveEmptyDirectory(string path) => RemoveEmpty(At(path), Path.GetDirectoryName(At(path))!);

    private void Keep(string path)
    {
        string kept = At(Kept + path);
        Directory.CreateDirectory(Path.GetDirectoryName(kept)!);
        File.Move(At(path), kept, overwrite: true);
        log.WriteLine($"kept: {path} as {Kept + path}, to be put back on removal");
    }

    private static void RemoveEmpty(string directory, string upTo)
    {
        while (directory.Length > upTo.Length && Directory.Exists(directory) && !Directory.EnumerateFileSystemEntries(directory).Any())
        {
            Directory.Delete(directory);
            directory = Path.GetDirectoryName(directory)!;
        }
    }
}
