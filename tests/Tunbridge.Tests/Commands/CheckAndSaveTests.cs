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
    public void Check_QueuesThatNothingOpens_IsFineWithANote()
    {
        using TestNamespace space = new();
        using ConfigurationText file = new("devices:\n  tap0: {kind: tap, multi-queue: true, queues: 4}\n");

        CommandResult result = space.Tunbridge($"check -f {file.Path}");

        Assert.Equal((0, $"{file.Path}: fine, 1 card\n"), (result.ExitCode, result.Output));
        Assert.Equal(
            $"note: {file.Path}:2:40: nothing opens 4 queues without keep-carrier: true: other programs open as many as they like\n", result.Error);
        Assert.Equal(40, space.Tunbridge($"check -f {file.Path} --json").Json().GetProperty("notes")[0].GetProperty("column").GetInt32());
    }

    [Fact]
    public void ListAndShow_CardWithDescriptionAndNames_TellThem()
    {
        using TestNamespace space = new();
        using ConfigurationText file = new("devices:\n  tap0: {kind: tap, description: '/odd: tunbridge:x y', alt-names: [guest]}\n");
        space.Must($"up -f {file.Path}");

        Assert.Matches(@"(?m)^  description  /odd: tunbridge:x y$", space.Must("show guest"));
        Assert.Matches(@"(?m)^  alt-names    guest$", space.Must("show tap0"));
        Assert.Equal("/odd: tunbridge:x y", space.Tunbridge("list --json").Json().GetProperty("devices")[0].GetProperty("description").GetString());
        space.Ip("link set tap0 alias tunbridge:wrong");
        Assert.Contains("another program's", space.Tunbridge($"status -f {file.Path}").Output + space.Tunbridge($"status -f {file.Path}").Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("true", 0, "(embedded default)")]
    [InlineData("ln -s /nowhere /etc/tunbridge/tunbridge.yaml", 6, "cannot be read: there is no such file")]
    [InlineData("mkdir /etc/tunbridge/tunbridge.yaml", 6, "this is a directory, allowed is a file")]
    [InlineData("ln -s tunbridge.yaml /etc/tunbridge/tunbridge.yaml", 6, "cannot be read: ")]
    [InlineData("rmdir /etc/tunbridge; ln -s tunbridge /etc/tunbridge", 6, "cannot be read: ")]
    [InlineData("touch /etc/tunbridge/tunbridge.d", 6, "/etc/tunbridge/tunbridge.d: cannot be read: ")]
    public void Check_DefaultPathThatIsNoFile_IsTheEmbeddedDefaultOnlyWhereNothingIs(string prepare, int exitCode, string told)
    {
        using TestNamespace space = new();

        CommandResult result = Service.ServicePlace.Shell(space, $"{prepare}\n\"$program\" check 2>&1");

        Assert.True(exitCode == result.ExitCode, result.Output + result.Error);
        Assert.Contains(told, result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_DirectoryThatMayNotBeSearched_IsToldAndNotTheDefault()
    {
        RealRoot.Require();
        RealTool.Require("setpriv");
        using TestNamespace space = new();

        CommandResult result = Service.ServicePlace.Shell(
            space, "chmod 700 /etc/tunbridge\nsetpriv --reuid=65534 --regid=65534 --clear-groups \"$program\" check 2>&1");

        Assert.SkipWhen(result.Output.Contains("Permission denied", StringComparison.Ordinal) && result.ExitCode == 126, "the program lies where only root may go");
        Assert.Equal((6, "/etc/tunbridge/tunbridge.yaml: cannot be read: this user may not read it\n"), (result.ExitCode, result.Output));
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
