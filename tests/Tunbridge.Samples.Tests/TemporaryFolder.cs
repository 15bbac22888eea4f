// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Testing;

namespace Tunbridge.Samples.Tests;

/// <summary>A folder outside the repository, which every user may read, deleted with all that is in it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    internal TemporaryFolder()
    {
        Path = Directory.CreateTempSubdirectory("tunbridge-samples-").FullName;
        Assert.Equal(0, CommandResult.Of("chmod", "a+rx", Path).ExitCode);
    }

    internal string Path { get; }

    internal string Combine(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
