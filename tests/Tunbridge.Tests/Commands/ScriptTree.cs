// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Tunbridge.Testing;

namespace Tunbridge.Tests.Commands;

/// <summary>A copy of the sources in a place of its own, built once by eight starts of ./tunbridge at the same moment.</summary>
public sealed class ScriptTree : IDisposable
{
    private const int Starts = 8;

    private readonly string _directory = Directory.CreateTempSubdirectory("tbscript").FullName;

    public ScriptTree()
    {
        RealTool.Require("tar", "bash", "flock");
        string? source = AppContext.BaseDirectory;
        while (source is not null && !File.Exists(Path.Combine(source, "Tunbridge.slnx")))
            source = Path.GetDirectoryName(source);
        Assert.SkipWhen(source is null, "the tests do not run in a source tree");
        Directory.CreateDirectory(Root);
        CommandResult copied = CommandResult.Of(
            "bash", "-c", "tar -C \"$1\" --exclude=bin --exclude=obj --exclude=./artifacts --exclude=./.git --exclude=./tests -cf - . | tar -C \"$2\" -xf - && chmod 755 \"$2\"/..",
            "bash", source!, Root);
        Assert.True(copied.ExitCode == 0, copied.Error);
        // Where the callers are, another SDK is asked for, which must not matter.
        Directory.CreateDirectory(Elsewhere);
        File.WriteAllText(Path.Combine(Elsewhere, "global.json"), """{ "sdk": { "version": "1.2.3", "rollForward": "disable" } }""");

        Process[] starts = [.. Enumerable.Range(0, Starts).Select(_ => Start(Script, "--version"))];
        FirstStarts = [.. Task.WhenAll(starts.Select(Tool.EndAsync)).GetAwaiter().GetResult()];
    }

    /// <summary>The copy.</summary>
    public string Root => Path.Combine(_directory, "tree");

    public string Script => Path.Combine(Root, "tunbridge");

    /// <summary>A folder that has nothing to do with it.</summary>
    public string Elsewhere => Path.Combine(_directory, "elsewhere");

    /// <summary>What the first starts printed.</summary>
    internal IReadOnlyList<CommandResult> FirstStarts { get; }

    /// <summary>Starts a program in the folder elsewhere.</summary>
    internal Process Start(string program, params IEnumerable<string> arguments) =>
        CommandResult.Start("bash", ["-c", "cd \"$1\" && shift && exec \"$@\"", "bash", Elsewhere, program, .. arguments]);

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
