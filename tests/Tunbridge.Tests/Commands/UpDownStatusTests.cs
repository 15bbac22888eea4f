// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text.Json;
using Tunbridge.Devices;
using Tunbridge.Testing;

namespace Tunbridge.Tests.Commands;

/// <summary>up, down and status over the embedded default and files.</summary>
public sealed class UpDownStatusTests
{
    private static readonly string s_probe = AppContext.BaseDirectory.Replace("Tunbridge.Tests", "Tunbridge.Probe", StringComparison.Ordinal) + "Tunbridge.Probe.dll";

    private const string Lab = """
        devices:
          tap3:
            kind: tap
            owner: nobody
            group: nogroup
            addresses: [10.3.0.1/24, "fd00:3::1/64"]
            promiscuous: true
            mtu: 1400
            mac: 02:00:5e:10:00:03
            bridge: br0
            up: true
          tun4:
            kind: tun
            addresses: [10.4.0.1/24]
            up: false
        """;

    [Fact]
    public void Default_UpStatusDown_IsTheEmbeddedCard()
    {
        using TestNamespace space = new();
        Assert.Equal(3, space.Tunbridge("status").ExitCode);

        space.Must("up");

        JsonElement card = space.Link("tap0");
        Assert.Equal("tap", card.InfoData().GetProperty("type").GetString());
        Assert.Equal("root", card.InfoData().GetProperty("user").GetString());
        Assert.Equal(["192.168.0.1/24"], card.GivenAddresses());
        Assert.All(["UP", "PROMISC"], flag => Assert.True(card.HasFlag(flag), flag));
        Assert.Contains("as declared", space.Must("status"), StringComparison.Ordinal);

        string before = space.Dump();
        Assert.Equal("nothing to do\n", space.Must("up"));
        Assert.Equal(before, space.Dump());

        space.Ip("link set tap0 mtu 1300 promisc off");
        CommandResult different = space.Tunbridge("status");
        Assert.Equal(1, different.ExitCode);
        Assert.Contains("promiscuous", different.Output, StringComparison.Ordinal);
        space.Must("up");
        Assert.Equal(0, space.Tunbridge("status").ExitCode);

        space.Must("down");
        Assert.False(space.HasLink("tap0"));
        Assert.Equal("nothing to do\n", space.Must("down"));
        Assert.Equal(3, space.Tunbridge("status").ExitCode);
    }

    [Fact]
    public void File_UpStatusDown_IsWhatItSays()
    {
        using TestNamespace space = new();
        using ConfigurationText file = new(Lab);
        space.Ip("link add br0 address 02:00:00:00:00:b0 type bridge");
        string empty = space.Dump();

        space.Must($"up -f {file.Path}");

        JsonElement tap3 = space.Link("tap3");
        Assert.Equal(["10.3.0.1/24", "fd00:3::1/64"], tap3.GivenAddresses());
        Assert.Equal(("nobody", "nogroup"), ($"{tap3.InfoData().GetProperty("user")}", $"{tap3.InfoData().GetProperty("group")}"));
        Assert.Equal((1400, "02:00:5e:10:00:03", "br0"), (tap3.GetProperty("mtu").GetInt32(), tap3.GetProperty("address").GetString(), tap3.GetProperty("master").GetString()));
        Assert.All(["UP", "PROMISC"], flag => Assert.True(tap3.HasFlag(flag), flag));
        Assert.False(space.Link("tun4").HasFlag("UP"));
        Assert.Equal(0, space.Tunbridge($"status -f {file.Path}").ExitCode);
        Assert.Equal("nothing to do\n", space.Must($"up -f {file.Path}"));

        space.Ip("link set tap3 nomaster");
        Assert.Equal(1, space.Tunbridge($"status -f {file.Path}").ExitCode);
        Assert.Equal(0, space.Tunbridge($"status tun4 -f {file.Path}").ExitCode);
        space.Must("delete tun4");
        Assert.Equal(3, space.Tunbridge($"status tun4 -f {file.Path}").ExitCode);

        space.Must($"down -f {file.Path}");
        Assert.Equal(empty, space.Dump());
    }

    [Fact]
    public void Status_AsJson_NamesEachDifference()
    {
        using TestNamespace space = new();
        using ConfigurationText file = new("devices:\n  tap3:\n    kind: tap\n    mtu: 1400\n  tun4:\n    kind: tun\n");
        space.Must($"up tap3 -f {file.Path}");
        Assert.False(space.HasLink("tun4"));
        space.Ip("link set tap3 mtu 1300");

        CommandResult result = space.Tunbridge($"status -f {file.Path} --json");

        Assert.Equal(1, result.ExitCode);
        JsonElement devices = result.Json().GetProperty("devices");
        Assert.Equal(["tap3 different", "tun4 missing"], devices.EnumerateArray().Select(d => $"{d.GetProperty("name")} {d.GetProperty("status")}"));
        JsonElement difference = Assert.Single(devices[0].GetProperty("differences").EnumerateArray());
        Assert.Equal(("mtu", "1400", "1300"), ($"{difference.GetProperty("key")}", $"{difference.GetProperty("declared")}", $"{difference.GetProperty("found")}"));
        Assert.Equal(file.Path, result.Json().GetProperty("file").GetString());
    }

    [Theory]
    [InlineData("devices:\n  tap0:\n    kind: tap\n    mtuu: 1400\n", ":4:5", "mtuu")]
    [InlineData("devices:\n  tap0:\n    kind: tap\n    addresses: [10.0.0.1/24, 10.0.0.300/24]\n", ":4:30", "10.0.0.300/24")]
    [InlineData("devices:\n  tap0:\n    kind: tup\n", ":3:11", "tup")]
    [InlineData("devices:\n  tap/0:\n    kind: tap\n", ":2:3", "tap/0")]
    [InlineData("devices:\n  tap0:\n    kind: tap\n    owner: no-such-user\n", ":4:12", "no-such-user")]
    [InlineData("devices: [\n", ":", "")]
    public void File_WithAMistake_IsToldByPlaceAndChangesNothing(string text, string place, string said)
    {
        using TestNamespace space = new();
        using ConfigurationText file = new(text);
        string before = space.Dump();
        foreach (string command in (string[])["up", "down", "status", "up --dry-run --json"])
        {
            CommandResult result = space.Tunbridge($"{command} -f {file.Path}");
            Assert.Equal((6, ""), (result.ExitCode, result.Output));
            Assert.Contains($"{file.Path}{place}", result.Error, StringComparison.Ordinal);
            Assert.Contains(said, result.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        }

        Assert.Equal(before, space.Dump());
    }

    [Fact]
    public void File_ThatOthersMayWrite_IsRefusedForRoot()
    {
        using TestNamespace space = new();
        using ConfigurationText file = new(Lab);
        file.Chmod("606");
        CommandResult result = space.Tunbridge($"up -f {file.Path}");
        Assert.Equal(6, result.ExitCode);
        Assert.Contains("write", result.AssertOneLine(6), StringComparison.Ordinal);
        Assert.False(space.HasLink("tap3"));
    }

    [Fact]
    public void TwoFiles_SideBySide_TouchTheirOwnCardsOnly()
    {
        using TestNamespace space = new();
        using ConfigurationText one = new("devices:\n  tap3: {kind: tap, addresses: [10.3.0.1/24]}\n");
        using ConfigurationText two = new("devices:\n  tap4: {kind: tap, addresses: [10.4.0.1/24]}\n");
        space.Must($"up -f {one.Path}");
        space.Must($"up -f {two.Path}");
        space.Must("add tap5 --owner root");

        // A card that left the file goes; the other file's and the command line's stay.
        one.Write("devices:\n  tap6: {kind: tap}\n");
        space.Must($"up -f {one.Path}");
        Assert.Equal((false, true, true, true), (space.HasLink("tap3"), space.HasLink("tap4"), space.HasLink("tap5"), space.HasLink("tap6")));

        // What the other file has is a foreign card.
        one.Write("devices:\n  tap4: {kind: tap, mtu: 1300}\n");
        Assert.Contains("tap4", space.Tunbridge($"up -f {one.Path}").AssertOneLine(1), StringComparison.Ordinal);
        Assert.Equal(1500, space.Link("tap4").GetProperty("mtu").GetInt32());

        space.Must($"down -f {two.Path}");
        Assert.Equal((false, true, true), (space.HasLink("tap4"), space.HasLink("tap5"), space.HasLink("tap6")));
    }

    [Fact]
    public void SameFile_TwoInstances_AreTold()
    {
        using TestNamespace space = new();
        using ConfigurationText file = new("devices:\n  tap3: {kind: tap}\n");
        space.Must($"up -f {file.Path} --name one");
        Assert.Equal("one", space.Tunbridge("show tap3 --json").Json().GetProperty("devices")[0].GetProperty("instance").GetString());
        Assert.Equal(1, space.Tunbridge($"up -f {file.Path} --name two").ExitCode);
        space.Must($"down -f {file.Path} --name two");
        Assert.True(space.HasLink("tap3"));
        space.Must($"down -f {file.Path} --name one");
        Assert.False(space.HasLink("tap3"));
    }

    [Fact]
    public async Task Up_HolderKilledHard_WorksAgain()
    {
        using TestNamespace space = new();
        space.Must("up");
        using Process holder = space.Start("dotnet", s_probe, "attach", "tap", "tap0", "/dev/net/tun", "hold");
        while (await holder.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is string line && line != "holding")
            Assert.Equal("ok", line);
        Assert.True(space.Link("tap0").HasFlag("LOWER_UP"));
        holder.Kill();
        await holder.WaitForExitAsync(TestContext.Current.CancellationToken);
        space.Must("up");
        Assert.Equal(0, space.Tunbridge("status").ExitCode);
        space.Must("down");
        Assert.False(space.HasLink("tap0"));
    }
}
