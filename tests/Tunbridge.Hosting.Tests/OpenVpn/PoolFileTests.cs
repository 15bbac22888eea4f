// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Hosting.OpenVpn;

namespace Tunbridge.Hosting.Tests.OpenVpn;

/// <summary>The file of a pool is the old one or the new one, never half of it.</summary>
public sealed class PoolFileTests : IDisposable
{
    private const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    private readonly string _folder = Directory.CreateTempSubdirectory("tunbridge-pool").FullName;

    private string Pool => Path.Combine(_folder, "pool.txt");

    [Fact]
    public void Write_ReplacesTheFileAtOnceAndKeepsItsModeAndLinks()
    {
        File.WriteAllText(Pool, "old");
        if (OperatingSystem.IsLinux())
            File.SetUnixFileMode(Pool, Own);
        string link = Path.Combine(_folder, "link.txt");
        File.CreateSymbolicLink(link, Pool);
        File.WriteAllText(Pool + ".new", "of one that was killed, and longer than what comes");
        using StreamReader before = new(Pool);
        PoolFile.Write(link, "alice,10.8.0.4,\n");
        Assert.Equal("old", before.ReadToEnd());
        Assert.Equal("alice,10.8.0.4,\n", File.ReadAllText(Pool));
        Assert.True(OperatingSystem.IsLinux() && File.GetUnixFileMode(Pool) == Own);
        Assert.Equal(Pool, File.ResolveLinkTarget(link, returnFinalTarget: true)!.FullName);
        Assert.Equal(["link.txt", "pool.txt"], Directory.EnumerateFiles(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Write_WithoutAFile_MakesOne()
    {
        PoolFile.Write(Pool, "x");
        Assert.Equal("x", File.ReadAllText(Pool));
        Assert.Single(Directory.EnumerateFiles(_folder));
    }

    [Fact]
    public void Write_WhereNothingCanBePutBeside_WritesTheFileItself()
    {
        File.WriteAllText(Pool, "old and longer");
        Directory.CreateDirectory(Pool + ".new");
        using FileStream same = new(Pool, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        PoolFile.Write(Pool, "new");
        using StreamReader reader = new(same);
        Assert.Equal("new", reader.ReadToEnd());
    }

    [Fact]
    public void Write_ToADevice_LeavesItOne()
    {
        PoolFile.Write("/dev/null", "x");
        Assert.Equal("", File.ReadAllText("/dev/null"));
        Assert.False(File.Exists("/dev/null.new"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
