// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Hosting.OpenVpn;
using Tunbridge.OpenVpn.Settings;
using Tunbridge.Tunnels;

namespace Tunbridge.DropIns.Openvpn;

/// <summary>A command line of openvpn, with the files that it names read. Their texts, and what stands between tags, are wiped with it.</summary>
internal sealed class OpenvpnRequest : IDisposable
{
    private const string CommandLine = "[CMD-LINE]";

    private readonly DirectiveReader _reader;
    private readonly bool _isAlone;
    private readonly IReadOnlyDictionary<string, SecretBytes>? _handed;
    private int _entered;

    private OpenvpnRequest(string[] arguments, string directory, bool isAlone, IReadOnlyDictionary<string, SecretBytes>? handed = null)
    {
        _handed = handed;
        Arguments = arguments;
        StartDirectory = directory;
        WorkingDirectory = directory;
        _isAlone = isAlone;
        _reader = new(Open);
        _reader.ReadCommandLine(arguments);
        EnterDirectories();
    }

    internal string[] Arguments { get; }

    /// <summary>Where it starts, before any <c>cd</c>; relative paths of a <c>cd</c> begin here.</summary>
    internal string StartDirectory { get; }

    /// <summary>Where relative paths begin.</summary>
    internal string WorkingDirectory { get; private set; }

    internal IReadOnlyList<Directive> Directives => _reader.Directives;

    /// <summary>The texts of files that <c>config</c> named, with the life of this object.</summary>
    internal Dictionary<string, SecretBytes> Texts { get; } = [];

    /// <summary>Files that <c>config</c> named and that could not be read: path and reason.</summary>
    internal List<string> Unreadable { get; } = [];

    /// <summary>Reads the command line of a process that is this tunnel's alone: a <c>cd</c> is the process's, too.</summary>
    /// <param name="arguments">The words after the program's name.</param>
    internal static OpenvpnRequest Read(string[] arguments) => new(arguments, Directory.GetCurrentDirectory(), isAlone: true);

    /// <summary>Reads a file whose relative paths begin beside it; the process stays where it is.</summary>
    /// <param name="path">The whole path.</param>
    internal static OpenvpnRequest ReadFile(string path) =>
        new(["--config", path], Path.GetDirectoryName(path) ?? "/", isAlone: false);

    /// <summary>Reads the command line of a process that has been told where it is, and what it may no longer read.</summary>
    internal static OpenvpnRequest Read(string[] arguments, Handover handover) =>
        new(arguments, handover.Directory, isAlone: false, handover.Files);

    /// <summary>Reads the same again.</summary>
    internal OpenvpnRequest ReadAgain() => new(Arguments, StartDirectory, _isAlone, _handed);

    /// <summary>A path of the configuration as a whole one.</summary>
    internal string Resolve(string path) => Path.GetFullPath(path, WorkingDirectory);

    internal bool Has(string name) => _reader.Directives.Any(d => d.Name == name);

    internal Directive? Last(string name) => _reader.Directives.LastOrDefault(d => d.Name == name);

    /// <summary>A parameter that is a whole number.</summary>
    internal int Number(string name, int otherwise, int index = 0) =>
        Last(name)?.At(index) is { } text && int.TryParse(text, out int value) ? value : otherwise;

    /// <summary>What the directives mean, and what is wrong with them.</summary>
    internal TunnelConfiguration Build(out IReadOnlyList<DirectiveProblem> problems) =>
        TunnelConfigurationBuilder.Build(_reader, out problems);

    public void Dispose() => _reader.Dispose();

    private SecretBytes? Open(string path)
    {
        EnterDirectories();
        try
        {
            SecretBytes text = path == "stdin" && _isAlone ? ReadInput() : SecretFile.Read(Resolve(path));
            Texts[path] = text;
            return text;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            // As it was when it could be read.
            if (_handed?.TryGetValue(path, out SecretBytes? known) == true)
                return new SecretBytes(known.Span);
            Unreadable.Add(path);
            return null;
        }
    }

    // Console.In would keep a buffer of it.
    private static SecretBytes ReadInput()
    {
        using Stream input = Console.OpenStandardInput();
        return SecretFile.Read(input);
    }

    // As openvpn does: at once, so that the files that are named after it are looked for there.
    private void EnterDirectories()
    {
        for (; _entered < _reader.Directives.Count; _entered++)
        {
            if (_reader.Directives[_entered] is not { Name: "cd" } directive || directive.At(0) is not { } path)
                continue;
            string next = Path.GetFullPath(path, WorkingDirectory);
            // One that was handed over has been there.
            if (_handed is null && !Directory.Exists(next))
                throw new OptionsErrorException($"cd to '{path}' failed: No such file or directory (errno=2)");
            WorkingDirectory = next;
        }

        if (!_isAlone)
            return;
        try
        {
            Directory.SetCurrentDirectory(WorkingDirectory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OptionsErrorException($"cd to '{WorkingDirectory}' failed: {e.Message}");
        }
    }

    /// <summary>A problem in the words in which openvpn tells it.</summary>
    internal string Describe(DirectiveProblem problem)
    {
        const string Unrecognized = "Unrecognized option or missing or extra parameter(s): ";
        string place = problem.File == CommandLine ? $"{CommandLine}:1" : $"{problem.File}:{problem.Line}";
        if (problem.Text.StartsWith(Unrecognized, StringComparison.Ordinal))
            return $"{Unrecognized[..^2]} in {place}: {problem.Text[Unrecognized.Length..]} ({VersionLines.Version})";
        if (Unreadable.Find(path => problem.Text.StartsWith($"config {path}: ", StringComparison.Ordinal)) is { } path)
            return $"In {place}: Error opening configuration file: {path}";
        return problem.Line > 0 ? $"{problem.Text} in {place}" : problem.Text;
    }
}
