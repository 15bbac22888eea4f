// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Tunbridge.Testing;

namespace Tunbridge.Tests.Commands;

/// <summary>check, and the files that add and set write.</summary>
public sealed class CheckAndSaveTests
{
    [Fact]
    public void Check_FileWithoutMistakes_IsFine()
    {
        using TestNamespace space = new();
        using ConfigurationText file = new("devices: {tap0: {kind: tap}}\n");

        Assert.Equal($"{file.Path}: fine, 1 card\n", space.Must($"check -f {file.Path}"));
        Assert.True(space.Tunbridge($"check -f {file.Path} --json").Json().GetProperty("valid").GetBoolean());
    }

    [Fact]
    public void Check_Mistakes_AreAllToldWithTheirPlacesAndSix()
    {
        using TestNamespace space = new();
        using ConfigurationText file = new("devices:\n  tap0: {kind: tpa, up: yes}\n");

        CommandResult result = space.Tunbridge($"check -f {file.Path}");

        Assert.Equal(6, result.ExitCode);
        Assert.Equal("", result.Output);
        Assert.Equal(
            $"{file.Path}:2:16: devices.tap0.kind is 'tpa', allowed are tun and tap, did you mean 'tap'?\n" +
            $"{file.Path}:2:25: devices.tap0.up is 'yes', allowed are true and false, did you mean 'true'?\n",
            result.Error);
        JsonElement json = space.Tunbridge($"check -f {file.Path} --json").Json();
        Assert.Equal([16, 25], json.GetProperty("mistakes").EnumerateArray().Select(m => m.GetProperty("column").GetInt32()));
    }

    [Fact]
    public void Check_Schema_IsJson()
    {
        using TestNamespace space = new();

        Assert.Contains("devices", JsonDocument.Parse(space.Must("check --schema")).RootElement.GetProperty("properties").EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public void AddSave_Card_IsTheFilesAndUpHasNothingToDo()
    {
        using TestNamespace space = new();
        using ConfigurationText file = new("# the lab\ndevices:\n  tap1: {kind: tap, up: false} # first\n");
        space.Must($"up -f {file.Path}");

        space.Must($"add tap0 --owner root --address 10.1.0.1/24 --promisc --up --save {file.Path}");
        space.Must($"add tun5 --owner root --save {file.Path}");

        Assert.Equal(
            "# the lab\ndevices:\n  tap1: {kind: tap, up: false} # first\n" +
            "  tap0:\n    kind: tap\n    owner: root\n    addresses: [10.1.0.1/24]\n    promiscuous: true\n" +
            "  tun5:\n    kind: tun\n    owner: root\n    up: false\n",
            File.ReadAllText(file.Path));
        Assert.Equal("nothing to do\n", space.Must($"up -f {file.Path}"));
        space.Must($"down -f {file.Path}");
        Assert.False(space.HasLink("tap0"));
    }

    [Fact]
    public void SetSave_Card_ChangesBoth()
    {
        using TestNamespace space = new();
        using ConfigurationText file = new("devices:\n  tap0:\n    kind: tap # Ethernet\n    addresses: [10.1.0.1/24]\n");
        space.Must($"up -f {file.Path}");

        space.Must($"set tap0 --mtu 1400 --address 10.2.0.1/24 --remove-address 10.1.0.1/24 --save {file.Path}");

        Assert.Equal(
            "devices:\n  tap0:\n    kind: tap # Ethernet\n    addresses: [10.2.0.1/24]\n    mtu: 1400\n", File.ReadAllText(file.Path));
        Assert.Equal("nothing to do\n", space.Must($"up -f {file.Path}"));
    }

    [Fact]
    public void AddSave_Refused_LeavesFileAndKernel()
    {
        using TestNamespace space = new();
        using ConfigurationText file = new("devices:\n  tap0: {kind: tap}\n");

        CommandResult declared = space.Tunbridge($"add tap0 --up --save {file.Path}");
        CommandResult noBridge = space.Tunbridge($"add tap1 --bridge none --save {file.Path}");
        CommandResult noDirectory = space.Tunbridge("add tap1 --save /nonexistent/cards.yaml");

        Assert.Equal((6, 1, 6), (declared.ExitCode, noBridge.ExitCode, noDirectory.ExitCode));
        Assert.Contains($"{file.Path}:2:3: tap0 is declared here already", declared.Error, StringComparison.Ordinal);
        Assert.Equal("devices:\n  tap0: {kind: tap}\n", File.ReadAllText(file.Path));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(file.Path)!));
        Assert.False(space.HasLink("tap0") || space.HasLink("tap1"));
    }

    [Fact]
    public void AddSave_DryRun_SaysSoAndWritesNothing()
    {
        using TestNamespace space = new();
        using ConfigurationText file = new("devices: {}\n");

        Assert.Contains($"would write tap0 to {file.Path}", space.Must($"add tap0 --save {file.Path} --dry-run"), StringComparison.Ordinal);
        Assert.Equal("devices: {}\n", File.ReadAllText(file.Path));
    }
}
