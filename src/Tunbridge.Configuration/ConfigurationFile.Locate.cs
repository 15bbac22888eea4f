// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Tunbridge.Changes;
using Tunbridge.Configuration.Reading;
using Tunbridge.Linux;

namespace Tunbridge.Configuration;

public static partial class ConfigurationFile
{
    private const int MaximumSize = 1 << 20;
    private const uint GroupOrOthersWrite = 0x12, Sticky = 0x200;

    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true);

    /// <summary>Reads the named file; else the one in /etc; else the embedded default; and its drop-ins.</summary>
    /// <remarks>
    /// The drop-ins of NAME.yaml are the files NAME.d/*.yaml beside it, in the order of their names' bytes. They count for
    /// the default path without the main file too.
    /// </remarks>
    /// <param name="path">The file, or null.</param>
    /// <param name="name">The instance (<c>--name</c>), or null for a hash of the file's real path.</param>
    /// <exception cref="ConfigurationException">
    /// One cannot be read, has mistakes, or, for root, may be written by somebody else.
    /// </exception>
    /// <exception cref="ArgumentException">The name is not allowed for an instance.</exception>
    public static DesiredState Load(string? path = null, string? name = null)
    {
        ThrowIfBadInstance(name);
        string file = path ?? DefaultPath;
        if (file.Length == 0 || file.Contains('\0'))
            throw ConfigurationException.Whole(file, "this is no path of a file");
        bool isMissing = path is null && IsMissing(DefaultPath);
        StateReader reader = new();
        string realPath = DefaultPath;
        if (!isMissing)
            reader.Add(file, ReadTrusted(file, out realPath));
        string[] dropIns = FindDropIns(file);
        if (isMissing && dropIns.Length == 0)
        {
            // The instance of the file it stands for: writing that file later takes the card over.
            return Parse(DefaultText, DefaultName, name ?? OwnershipMark.InstanceOf(DefaultPath)) with
            {
                IsEmbeddedDefault = true,
                RealPath = DefaultPath,
            };
        }

        foreach (string dropIn in dropIns)
        {
            try
            {
                reader.Add(dropIn, ReadTrusted(dropIn, out _));
            }
            catch (ConfigurationException e)
            {
                // Told together with what is wrong in the others.
                reader.AddUnreadable(dropIn, e);
            }
        }

        return reader.Finish(file, name ?? OwnershipMark.InstanceOf(realPath)) with { RealPath = realPath };
    }

    /// <summary>The drop-in directory of a file: tunbridge.d beside tunbridge.yaml; null for names without that ending.</summary>
    /// <param name="path">The file.</param>
    public static string? DropInDirectoryOf(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Path.GetExtension(path) is ".yaml" or ".yml" ? Path.ChangeExtension(path, ".d") : null;
    }

    // One that is there and cannot be read, a link to nowhere included, is a mistake and not a wish for the default.
    private static bool IsMissing(string path) =>
        DeviceNode.TryRead(path, out Errno errno) is null && errno is Errno.ENOENT && new FileInfo(path).LinkTarget is null;

    private static string[] FindDropIns(string path)
    {
        if (DropInDirectoryOf(path) is not string directory || IsMissing(directory))
            return [];
        try
        {
            // Editors leave hidden files and copies with other endings beside the ones that are meant.
            return [.. Directory.EnumerateFiles(directory, "*.yaml").Where(f => !Path.GetFileName(f).StartsWith('.'))
                .Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ConfigurationException.Whole(directory, $"cannot be read: {e.Message}");
        }
    }

    private static void ThrowIfBadInstance(string? name)
    {
        if (name is null)
            return;
        if (OwnershipMark.FindMistake(name) is string mistake)
            throw new ArgumentException(mistake, nameof(name));
        if (name == OwnershipMark.CommandLineInstance)
            throw new ArgumentException($"the name '{name}' is kept for cards made by `tunbridge add`", nameof(name));
    }

    /// <summary>Opens a text that is carried out, such as a tunnel's configuration, by the rules of the file itself.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The open file, without a buffer, which the caller disposes.</returns>
    /// <exception cref="ConfigurationException">It cannot be read, or, for root, may be written by somebody else.</exception>
    public static FileStream OpenTrusted(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return OpenTrusted(path, out _);
    }

    internal static string ReadTrusted(string path, out string realPath)
    {
        using FileStream stream = OpenTrusted(path, out realPath);
        try
        {
            return ReadText(path, stream);
        }
        catch (IOException e)
        {
            throw ConfigurationException.Whole(path, $"cannot be read: {e.Message}");
        }
        catch (DecoderFallbackException)
        {
            throw ConfigurationException.Whole(path, "this is not text: allowed is UTF-8");
        }
    }

    private static FileStream OpenTrusted(string path, out string realPath)
    {
        try
        {
            // Opening a pipe would wait for somebody who writes into it.
            if (DeviceNode.TryRead(path, out _) is { IsRegularFile: false } && !Directory.Exists(path))
                throw new NotSupportedException();
            FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            try
            {
                // The open file is what is judged and read: a path could lead elsewhere a moment later.
                string link = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{stream.SafeFileHandle.DangerousGetHandle()}");
                realPath = new FileInfo(link).LinkTarget ?? Path.GetFullPath(path);
                if (ProcessIdentity.EffectiveUserId == 0)
                    RefuseUntrusted(path, link, realPath);
                return stream;
            }
            catch
            {
                stream.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            string why = e switch
            {
                FileNotFoundException or DirectoryNotFoundException => "there is no such file",
                UnauthorizedAccessException when Directory.Exists(path) => "this is a directory, allowed is a file",
                UnauthorizedAccessException => "this user may not read it",
                NotSupportedException => "this is not an ordinary file (a pipe or a device), allowed is a file",
                _ => e.Message,
            };
            throw ConfigurationException.Whole(path, $"cannot be read: {why}");
        }
    }

    private static string ReadText(string path, FileStream stream)
    {
        if (stream.Length > MaximumSize)
            throw ConfigurationException.Whole(path, $"the file has {stream.Length} bytes, allowed are at most {MaximumSize}");
        // Its length is only a hint: /dev/zero and files of /proc say 0.
        byte[] bytes = new byte[MaximumSize + 1];
        int length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (length > MaximumSize)
            throw ConfigurationException.Whole(path, $"the file has more than {MaximumSize} bytes, the most that is allowed");
        ReadOnlySpan<byte> text = bytes.AsSpan(0, length);
        return s_utf8.GetString(text.StartsWith(s_utf8.Preamble) ? text[s_utf8.Preamble.Length..] : text);
    }

    private static void RefuseUntrusted(string path, string link, string realPath)
    {
        DeviceNode file = DeviceNode.TryRead(link, out _) ?? throw ConfigurationException.Whole(
            path, "refused as root: who may write it cannot be told without /proc; mend it with `mount -t proc proc /proc`");
        if (WritableBy(file) is string who)
        {
            throw ConfigurationException.Whole(
                path, $"refused as root: {who} may write it; mend it with `chown root: {path} && chmod go-w {path}`");
        }

        // The directory in which the file lies, and that of a link to it: who may write there may replace it.
        RefuseUntrustedDirectory(path, Path.GetDirectoryName(realPath));
        RefuseUntrustedDirectory(path, Path.GetDirectoryName(Path.GetFullPath(path)));
    }

    internal static void RefuseUntrustedDirectory(string path, string? directory)
    {
        if (directory is not null && DeviceNode.TryRead(directory, out _) is { } node && WritableBy(node) is string them)
        {
            // One with the sticky bit, as /tmp, is everybody's on purpose.
            string mend = (node.Mode & Sticky) != 0
                ? "move the file to a directory that only root may write"
                : $"mend it with `chown root: {directory} && chmod go-w {directory}`, or move the file";
            throw ConfigurationException.Whole(path, $"refused as root: {them} may write its directory {directory}; {mend}");
        }
    }

    private static string? WritableBy(DeviceNode node)
    {
        if (node.UserId != 0)
            return $"user {UserDatabase.FindUserName(node.UserId) ?? node.UserId.ToString(CultureInfo.InvariantCulture)}";
        return (node.Mode & GroupOrOthersWrite) switch
        {
            0 => null,
            0x10 => $"group {UserDatabase.FindGroupName(node.GroupId) ?? node.GroupId.ToString(CultureInfo.InvariantCulture)}",
            _ => "everybody",
        };
    }
}
