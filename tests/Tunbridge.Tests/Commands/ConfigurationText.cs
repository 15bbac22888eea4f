// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Testing;

namespace Tunbridge.Tests.Commands;

/// <summary>A file in a directory of its own, which nobody else may write, as root's configuration has to be.</summary>
internal sealed class ConfigurationText : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("tbconfig").FullName;

    internal ConfigurationText(string text, string name = "tunbridge.yaml")
    {
        Path = System.IO.Path.Combine(_directory, name);
        Write(text);
    }

    internal string Path { get; }

    internal void Write(string text)
    {
        File.WriteAllText(Path, text);
        Chmod("600");
    }

    internal void Chmod(string mode) => Assert.Equal(0, CommandResult.Of("chmod", mode, Path).ExitCode);

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
