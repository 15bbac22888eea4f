// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Testing;

namespace Tunbridge.Tests.Commands;

/// <summary>Descriptions and further names by the command line and from imports; exports beside others' files; wrong words.</summary>
public sealed class WordsAndNamesTests : IDisposable
{
    private readonly TestNamespace _space = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("tbwords").FullName;

    [Fact]
    public void AddAndSet_DescriptionAndNames_AreOnTheCardAndInTheFile()
    {
        string file = Path.Combine(_directory, "lab.yaml");
        Assert.Equal(0, _space.TunbridgeWith("add", "tap0", "--owner", "root", "--up", "--description", "the lab's: first", "--alt-name", "lab", "--alt-name", "first", "--save", file).ExitCode);
        string shown = _space.Ip("link show tap0");
        Assert.Contains("the lab's: first", shown, StringComparison.Ordinal);
        Assert.Contains("altname lab", shown, StringComparison.Ordinal);
        Assert.Equal("nothing to do\n", _space.Must($"plan -f {file}"));

        // Another change leaves them.
        _space.Must($"set tap0 --mtu 1400 --save {file}");
        Assert.Equal("nothing to do\n", _space.Must($"plan -f {file}"));
        Assert.Contains("the lab's: first", _space.Ip("link show tap0"), StringComparison.Ordinal);

        Assert.Equal(0, _space.TunbridgeWith("set", "tap0", "--description", "second", "--alt-name", "third", "--remove-alt-name", "lab", "--save", file).ExitCode);
        string text = File.ReadAllText(file);
        Assert.Contains("second", text, StringComparison.Ordinal);
        Assert.DoesNotContain("- lab", text, StringComparison.Ordinal);
        Assert.Equal("nothing to do\n", _space.Must($"plan -f {file}"));
        shown = _space.Ip("link show tap0");
        Assert.DoesNotContain("altname lab", shown, StringComparison.Ordinal);
        Assert.Contains("altname third", shown, StringComparison.Ordinal);

        Assert.Equal(0, _space.TunbridgeWith("set", "tap0", "--description", "", "--save", file).ExitCode);
        Assert.DoesNotContain("description", File.ReadAllText(file), StringComparison.Ordinal);
        Assert.Equal("nothing to do\n", _space.Must($"plan -f {file}"));
    }

    [Fact]
    public void Set_WithoutAFile_KeepsWhoseItIs()
    {
        _space.Must("add tap0 --owner root");
        Assert.Equal(0, _space.TunbridgeWith("set", "tap0", "--description", "for the lab").ExitCode);
        Assert.Contains("alias tunbridge:cli for the lab", _space.Ip("link show tap0"), StringComparison.Ordinal);
        Assert.Equal(1, _space.Tunbridge("set tap0 --remove-alt-name none").ExitCode);
        _space.Ip("tuntap add dev tap1 mode tap");
        Assert.Contains("carries no mark", _space.TunbridgeWith("set", "tap1", "--force", "--description", "x").AssertOneLine(1), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("add tap0 --alt-name a/b", "--alt-name: 'a/b' is no further name")]
    [InlineData("add tap0 --alt-name tap0", "'tap0' is the card's name already")]
    [InlineData("try --timeout 1e9", "--timeout: '1e9' is no whole number")]
    [InlineData("export --as bogus", "--as: 'bogus' is not allowed, allowed are ")]
    [InlineData("completion bogus", "'bogus' is not allowed, allowed are bash, fish, zsh")]
    [InlineData("service", "say what to do: tunbridge service install|remove")]
    public void WrongWords_AreToldInOurs(string line, string part) =>
        Assert.Contains(part, _space.Tunbridge(line).AssertOneLine(2), StringComparison.Ordinal);

    [Fact]
    public void Export_IntoADirectory_ReplacesNothingUnasked()
    {
        string file = Path.Combine(_directory, "lab.yaml"), where = Path.Combine(_directory, "out");
        File.WriteAllText(file, "devices: {tap0: {kind: tap}}");
        _space.Must($"export --as networkd -f {file} -o {where}");
        string[] written = Directory.GetFiles(where);
        Assert.NotEmpty(written);
        Assert.Contains("unchanged: ", _space.Tunbridge($"export --as networkd -f {file} -o {where}").Error, StringComparison.Ordinal);

        File.WriteAllText(written[0], "theirs");
        Assert.Contains("exists and differs", _space.Tunbridge($"export --as networkd -f {file} -o {where}").Error, StringComparison.Ordinal);
        Assert.Equal("theirs", File.ReadAllText(written[0]));
        _space.Must($"export --as networkd -f {file} -o {where} --force");
        Assert.NotEqual("theirs", File.ReadAllText(written[0]));
        Assert.Equal(written.Order(), Directory.GetFiles(where).Order());
    }

    [Fact]
    public void Import_OfIpAndNetworkd_CarriesDescriptionsAndNames()
    {
        string script = Path.Combine(_directory, "cards.sh");
        File.WriteAllText(script, """
            ip tuntap add dev tap0 mode tap
            ip link property add dev tap0 altname lab altname old
            ip link property del dev tap0 altname old
            ip link set dev tap0 alias "for the lab"
            """);
        string imported = _space.Must($"import {script}");
        Assert.Contains("    description: 'for the lab'\n    alt-names: [lab]\n", imported, StringComparison.Ordinal);

        File.WriteAllText(Path.Combine(_directory, "a.netdev"), "[NetDev]\nName=tap1\nKind=tap\nDescription=the first\n");
        File.WriteAllText(Path.Combine(_directory, "a.link"), "[Match]\nOriginalName=tap1\n[Link]\nAlternativeName=one\nAlternativeName=eins\n");
        imported = _space.Must($"import {_directory}/a.netdev {_directory}/a.link");
        Assert.Contains("    description: 'the first'\n    alt-names: [one, eins]\n", imported, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        Directory.Delete(_directory, recursive: true);
        _space.Dispose();
    }
}
