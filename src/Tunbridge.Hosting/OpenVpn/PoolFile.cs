// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Tunbridge.Linux;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>Writes the file of a pool (<c>ifconfig-pool-persist</c>) so that a kill in the middle leaves the old one.</summary>
internal static class PoolFile
{
    /// <summary>
    /// Puts a text in a file's place: written beside and renamed, with the file's mode and owner; links stay. Where that cannot be (the
    /// directory is not ours to write to, or the path is no ordinary file) the file itself is written.
    /// </summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    internal static void Write(string path, string text)
    {
        string real = File.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true) is { } target ? target.FullName : path;
        string beside = $"{real}.new";
        DeviceNode? old = DeviceNode.TryRead(real, out _);
        if (old is { IsRegularFile: false } || Open(beside) is not { } stream)
        {
            File.WriteAllText(real, text);
            return;
        }
        try
        {
            using (stream)
                stream.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (IOException)
        {
            // No room: what there is stays.
            File.Delete(beside);
            throw;
        }
        if (!TryPutInPlace(beside, real, old))
        {
            File.Delete(beside);
            File.WriteAllText(real, text);
        }
    }

    private static FileStream? Open(string beside)
    {
        try
        {
            // Of a process that was killed.
            File.Delete(beside);
            return new(beside, FileMode.CreateNew, FileAccess.Write);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // False for a file that somebody else owns, or that is mounted by itself.
    private static bool TryPutInPlace(string beside, string real, DeviceNode? old)
    {
        try
        {
            if (old is not null && OperatingSystem.IsLinux())
            {
                if (DeviceNode.TryRead(beside, out _) is { } made && (made.UserId, made.GroupId) != (old.UserId, old.GroupId))
                    FileOwner.Set(beside, old.UserId, old.GroupId);
                // After the owner: the kernel takes bits away when it changes.
                File.SetUnixFileMode(beside, (UnixFileMode)old.Mode);
            }
            File.Move(beside, real, overwrite: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
