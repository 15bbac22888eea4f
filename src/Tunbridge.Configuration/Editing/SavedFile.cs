// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Tunbridge.Changes;
using Tunbridge.Linux;

namespace Tunbridge.Configuration.Editing;

/// <summary>A file that gets a card, or changes of one, and keeps its comments, layout, mode and owner otherwise.</summary>
/// <remarks>
/// <see cref="Open"/> reads and judges it, <see cref="Add"/> or <see cref="Change"/> make the new text, <see cref="Prepare"/>
/// writes that beside the file, <see cref="Commit"/> puts it in the file's place at once. Disposing without a commit leaves
/// the file as it was. Not thread-safe.
/// </remarks>
public sealed class SavedFile : IDisposable
{
    private readonly string? _before;
    private string _text;
    private string? _temporary;

    private SavedFile(string path, string realPath, string? before, DesiredState? desired, OwnershipMark mark)
    {
        (Path, RealPath, Desired, Mark) = (path, realPath, desired, mark);
        _before = before;
        _text = before ?? "";
    }

    /// <summary>The file as it was named.</summary>
    public string Path { get; }

    /// <summary>Where it lies, links resolved; they stay.</summary>
    public string RealPath { get; }

    /// <summary>The mark of the file's cards; a drop-in has that of its main file.</summary>
    public OwnershipMark Mark { get; }

    /// <summary>What it declares, with its drop-ins or main file; null when there is no such file.</summary>
    public DesiredState? Desired { get; }

    /// <summary>The text as it is to be.</summary>
    public string Text => _text;

    /// <summary>Reads the file; one that is missing counts as empty, in a directory that is there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">The instance, or null for a hash of the file's real path.</param>
    /// <exception cref="ConfigurationException">It has mistakes, or cannot be trusted or read.</exception>
    public static SavedFile Open(string path, string? name = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string main = MainFileOf(path) ?? path;
        bool exists = File.Exists(path) || Directory.Exists(path);
        string realPath = System.IO.Path.GetFullPath(path);
        string? before = null;
        if (exists)
        {
            before = ConfigurationFile.ReadTrusted(path, out realPath);
        }
        else
        {
            string directory = System.IO.Path.GetDirectoryName(realPath)!;
            if (!Directory.Exists(directory))
                throw ConfigurationException.Whole(path, $"cannot be written: there is no directory {directory}");
            if (ProcessIdentity.EffectiveUserId == 0)
                ConfigurationFile.RefuseUntrustedDirectory(path, directory);
        }

        DesiredState? desired = File.Exists(main) ? ConfigurationFile.Load(main, name) : null;
        string mainRealPath = desired?.RealPath ?? (main == path ? realPath : System.IO.Path.GetFullPath(main));
        return new(path, realPath, before, desired, new()
        {
            Instance = desired?.Instance ?? name ?? OwnershipMark.InstanceOf(mainRealPath),
            Comment = mainRealPath,
        });
    }

    /// <summary>Declares one more card.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="keys">Its keys in their order.</param>
    /// <exception cref="ConfigurationException">It is declared already, or cannot be written without touching others.</exception>
    public void Add(string name, IReadOnlyList<DeviceEdit> keys)
    {
        if (Desired?.Devices.FirstOrDefault(d => d.Name == name) is DeviceDefinition other)
            throw Mistake(other.Position, $"{name} is declared here already: change it with `tunbridge set {name} --save {Path}`");
        _text = Judge(DeviceWriter.Add(Path, _text, name, keys));
    }

    /// <summary>Changes keys of a card that it declares.</summary>
    /// <param name="name">The card.</param>
    /// <param name="keys">The keys to write or to remove.</param>
    /// <exception cref="ConfigurationException">It is not declared here, or cannot be written without touching others.</exception>
    public void Change(string name, IReadOnlyList<DeviceEdit> keys)
    {
        DeviceDefinition? device = Desired?.Devices.FirstOrDefault(d => d.Name == name);
        if (device is null)
            throw ConfigurationException.Whole(Path, $"it declares no card '{name}': write it with `tunbridge add … --save`, or by hand");
        if (device.Position.Path != Path)
            throw Mistake(device.Position, $"{name} is declared here and not in {Path}: name this file with --save");
        if (device.Template is not null)
            throw Mistake(device.Position, $"{name} is one of the template {device.Template}: change it here by hand");
        _text = Judge(DeviceWriter.Change(Path, _text, name, keys));
    }

    /// <summary>Writes the new text beside the file, with the file's mode and owner.</summary>
    /// <exception cref="IOException">It cannot be written there.</exception>
    /// <exception cref="LinuxException">The file's owner cannot be given to it.</exception>
    public void Prepare()
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("modes and owners of files are those of Linux");
        string temporary = string.Create(CultureInfo.InvariantCulture, $"{RealPath}.{Environment.ProcessId}.new");
        const UnixFileMode NewMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using FileStream stream = new(temporary, options);
        _temporary = temporary;
        stream.Write(Encoding.UTF8.GetBytes(_text));
        stream.Flush(flushToDisk: true);
        UnixFileMode mode = NewMode;
        if (_before is not null && DeviceNode.TryRead(RealPath, out _) is { } old)
        {
            if (DeviceNode.TryRead(temporary, out _) is { } made && (made.UserId, made.GroupId) != (old.UserId, old.GroupId))
                FileOwner.Set(temporary, old.UserId, old.GroupId);
            mode = (UnixFileMode)old.Mode;
        }

        // After the owner: the kernel takes set-user bits away when it changes.
        File.SetUnixFileMode(temporary, mode);
    }

    /// <summary>Puts the prepared text in the file's place.</summary>
    /// <exception cref="IOException">It cannot, or the file was changed by somebody else meanwhile.</exception>
    public void Commit()
    {
        if (_temporary is null)
            Prepare();
        string? now = File.Exists(RealPath) ? File.ReadAllText(RealPath) : null;
        if (now != _before)
            throw new IOException($"{Path} was changed by somebody else meanwhile and is left as it is");
        File.Move(_temporary!, RealPath, overwrite: true);
        _temporary = null;
    }

    /// <summary>Removes what was prepared and not committed.</summary>
    public void Dispose()
    {
        if (_temporary is not null)
            File.Delete(_temporary);
        _temporary = null;
    }

    /// <summary>The main file of a drop-in: tunbridge.yaml of tunbridge.d/x.yaml; null when it is none.</summary>
    private static string? MainFileOf(string path)
    {
        string? directory = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path));
        if (directory is null || !directory.EndsWith(".d", StringComparison.Ordinal))
            return null;
        string main = directory[..^2] + ".yaml";
        return File.Exists(main) || main == ConfigurationFile.DefaultPath ? main : null;
    }

    private string Judge(string text)
    {
        // What the words of the command line cannot mean in a file is told before anything is done.
        ConfigurationFile.Parse(text, Path, Mark.Instance);
        return text;
    }

    private static ConfigurationException Mistake(SourcePosition position, string message) => new(
        [new Diagnostic { Path = position.Path, Line = position.Line, Column = position.Column, Message = message }]);
}
