// SPDX-License-Identifier: Apache-2.0
using System.Runtime.Versioning;
using Tunbridge.Changes;
using Tunbridge.Linux;

namespace Tunbridge.Configuration.Tests;

[SupportedOSPlatform("linux")]
public sealed class ConfigurationFileLoadTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly string _directory = Directory.CreateTempSubdirectory("tunbridge-").FullName;

    private string FilePath => Path.Combine(_directory, "cards.yaml");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Load_NoFileAnywhere_IsTheEmbeddedDefault()
    {
        Assert.SkipWhen(File.Exists(ConfigurationFile.DefaultPath), "this machine has a configuration of its own");

        DesiredState state = ConfigurationFile.Load();

        Assert.True(state.IsEmbeddedDefault);
        Assert.Equal("tap0", Assert.Single(state.Devices).Name);
        Assert.Equal(OwnershipMark.InstanceOf(ConfigurationFile.DefaultPath), state.Instance);
    }

    [Fact]
    public void Load_ThroughSymbolicLink_HasTheInstanceOfTheRealPath()
    {
        Write(Private);
        string link = Path.Combine(_directory, "link.yaml");
        File.CreateSymbolicLink(link, FilePath);

        DesiredState state = ConfigurationFile.Load(link);

        Assert.Equal(OwnershipMark.InstanceOf(FilePath), state.Instance);
        Assert.Equal(FilePath, state.RealPath);
        Assert.Equal($"tunbridge:{state.Instance} {FilePath}", state.Mark.ToString());
        Assert.Equal("mine", ConfigurationFile.Load(link, "mine").Instance);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("cli")]
    [InlineData("")]
    public void Load_BadName_IsCallerMisuse(string name)
    {
        Write(Private);

        Assert.Throws<ArgumentException>(() => ConfigurationFile.Load(FilePath, name));
    }

    [Fact]
    public void Load_Pipe_IsRefusedWithoutWaitingForAWriter()
    {
        Assert.Equal(0, Tunbridge.Testing.CommandResult.Of("mkfifo", FilePath).ExitCode);

        ConfigurationException error = Assert.Throws<ConfigurationException>(() => ConfigurationFile.Load(FilePath));

        Assert.Equal($"{FilePath}: cannot be read: this is not an ordinary file (a pipe or a device), allowed is a file", error.Message);
    }

    [Fact]
    public void Load_NamedFileMissing_IsToldWithoutALine()
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => ConfigurationFile.Load(FilePath));

        Assert.Equal($"{FilePath}: cannot be read: there is no such file", error.Message);
    }

    [Fact]
    public void Load_Directory_IsTold()
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => ConfigurationFile.Load(_directory));

        Assert.Equal($"{_directory}: cannot be read: this is a directory, allowed is a file", error.Message);
    }

    [Fact]
    public void Load_NoText_IsTold()
    {
        File.WriteAllBytes(FilePath, [0xff, 0xfe, 0x00, 0xff, 0xc3, 0x28]);
        File.SetUnixFileMode(FilePath, Private);

        Assert.Throws<ConfigurationException>(() => ConfigurationFile.Load(FilePath));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupWrite, "group ")]
    [InlineData(UnixFileMode.OtherWrite, "everybody")]
    public void Load_AsRootFileThatOthersMayWrite_IsRefused(UnixFileMode extra, string who)
    {
        Assert.SkipUnless(ProcessIdentity.EffectiveUserId == 0, "only root has this rule");
        Write(Private | extra);

        ConfigurationException error = Assert.Throws<ConfigurationException>(() => ConfigurationFile.Load(FilePath));

        Assert.Contains($"refused as root: {who}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_AsRootDirectoryThatOthersMayWrite_IsRefused()
    {
        Assert.SkipUnless(ProcessIdentity.EffectiveUserId == 0, "only root has this rule");
        Write(Private);
        File.SetUnixFileMode(_directory, (UnixFileMode)0x1ff);

        ConfigurationException error = Assert.Throws<ConfigurationException>(() => ConfigurationFile.Load(FilePath));

        Assert.Contains($"may write its directory {_directory}", error.Message, StringComparison.Ordinal);
        Assert.Contains($"chmod go-w {_directory}", error.Message, StringComparison.Ordinal);

        // As /tmp is, which must stay everybody's.
        File.SetUnixFileMode(_directory, (UnixFileMode)0x3ff);
        error = Assert.Throws<ConfigurationException>(() => ConfigurationFile.Load(FilePath));
        Assert.Contains("move the file", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("chmod", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_AsRootAncestorThatOthersMayWrite_IsFine()
    {
        Assert.SkipUnless(ProcessIdentity.EffectiveUserId == 0, "only root has this rule");
        string inner = Path.Combine(_directory, "inner");
        Directory.CreateDirectory(inner, Private | UnixFileMode.UserExecute);
        File.SetUnixFileMode(_directory, (UnixFileMode)0x1ff);
        string path = Path.Combine(inner, "cards.yaml");
        File.WriteAllText(path, ConfigurationFile.DefaultText);
        File.SetUnixFileMode(path, Private);

        Assert.Single(ConfigurationFile.Load(path).Devices);
    }

    private void Write(UnixFileMode mode)
    {
        File.WriteAllText(FilePath, ConfigurationFile.DefaultText);
        File.SetUnixFileMode(FilePath, mode);
    }
}
