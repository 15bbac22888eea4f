// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Testing;

/// <summary>A folder of a test's own outside the repository, deleted with all that is in it.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>Makes one.</summary>
    /// <param name="purpose">What it is for, as a part of its name.</param>
    /// <param name="isForAll">Whether every user may read it, not only the test's.</param>
    public TemporaryFolder(string purpose = "test", bool isForAll = false)
    {
        Path = Directory.CreateTempSubdirectory($"tunbridge-{purpose}-").FullName;
        if (isForAll)
            Assert.Equal(0, CommandResult.Of("chmod", "a+rx", Path).ExitCode);
    }

    public string Path { get; }

    /// <summary>The path of a file in it.</summary>
    public string At(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file into it.</summary>
    /// <returns>The file's path.</returns>
    public string Write(string name, string text)
    {
        File.WriteAllText(At(name), text);
        return At(name);
    }

    /// <summary>Deletes it; again does nothing.</summary>
    public void Dispose()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }
}
