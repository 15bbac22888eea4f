// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Tunbridge.Linux;

namespace Tunbridge.Changes;

/// <summary>Where what must survive a run, but not a boot, is kept: journals, locks, the sockets of waiting tries.</summary>
public static class StateDirectory
{
    /// <summary>Where it is for root.</summary>
    public const string SystemPath = "/run/tunbridge";

    // Group and others may not write.
    private const uint ForeignWriteBits = 0x12;

    /// <summary>
    /// Makes the directory where it is missing: /run/tunbridge, and where that may not be written (a user namespace)
    /// <c>$XDG_RUNTIME_DIR/tunbridge</c>, then one of this user's own in /tmp.
    /// </summary>
    /// <exception cref="IOException">None of them can be used.</exception>
    public static string Prepare()
    {
        string? why = null;
        foreach (string candidate in Candidates())
        {
            why = TryPrepare(candidate);
            if (why is null)
                return candidate;
        }

        throw new IOException($"no directory for the journal: {why}");
    }

    /// <summary>The directory where it was made by this user; null where it was not.</summary>
    public static string? Find() => Candidates().FirstOrDefault(
        c => DeviceNode.TryRead(c, out _, followLink: false) is { } node && node.UserId == ProcessIdentity.EffectiveUserId &&
            (node.Mode & ForeignWriteBits) == 0);

    private static IEnumerable<string> Candidates()
    {
        yield return SystemPath;
        if (Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime)
            yield return Path.Combine(runtime, "tunbridge");
        yield return string.Create(CultureInfo.InvariantCulture, $"/tmp/tunbridge-{ProcessIdentity.EffectiveUserId}");
    }

    private static string? TryPrepare(string path)
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("Tunbridge runs on Linux.");
        try
        {
            Directory.CreateDirectory(
                path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead |
                UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }

        // Somebody else's directory in /tmp could be a trap, and so could a link of theirs to a directory of ours.
        if (DeviceNode.TryRead(path, out Errno errno, followLink: false) is not { } node)
            return $"{path}: {LinuxException.Describe(errno)}";
        return node.UserId == ProcessIdentity.EffectiveUserId && (node.Mode & ForeignWriteBits) == 0 && IsWritable(path)
            ? null
            : $"{path} may be written by others, or not by this user";
    }

    private static bool IsWritable(string path)
    {
        try
        {
            using FileStream probe = new(
                Path.Combine(path, $".probe-{Environment.ProcessId}"),
                new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose });
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
