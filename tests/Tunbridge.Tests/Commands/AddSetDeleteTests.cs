// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Tunbridge.Devices;
using Tunbridge.Testing;

namespace Tunbridge.Tests.Commands;

/// <summary>add, set and delete: what they did is read back with `ip`.</summary>
public sealed class AddSetDeleteTests
{
    [Fact]
    public void Add_EveryOption_IsWhatIpShows()
    {
        using TestNamespace space = new();
        space.Ip("link add br0 type bridge");

        space.Must(
            "add card --kind tap --owner nobody --group nogroup --address 10.0.0.1/24 --address 10.0.0.2/24 --address fd00::1/64 " +
            "--mtu 1400 --mac 02:00:5e:10:00:01 --promisc --multi-queue --vnet-header --packet-info --txqueuelen 77 --bridge br0 --up");

        JsonElement card = space.Link("card");
        JsonElement data = card.InfoData();
        Assert.Equal("tap", data.GetProperty("type").GetString());
        Assert.Equal("nobody", data.GetProperty("user").GetString());
        Assert.Equal("nogroup", data.GetProperty("group").GetString());
        Assert.All(["pi", "vnet_hdr", "multi_queue", "persist"], key => Assert.True(data.GetProperty(key).GetBoolean(), key));
        Assert.Equal(["10.0.0.1/24", "10.0.0.2/24", "fd00::1/64"], card.GivenAddresses());
        Assert.Equal(1400, card.GetProperty("mtu").GetInt32());
        Assert.Equal("02:00:5e:10:00:01", card.GetProperty("address").GetString());
        Assert.Equal(77, card.GetProperty("txqlen").GetInt32());
        Assert.Equal("br0", card.GetProperty("master").GetString());
        Assert.All(["UP", "PROMISC"], flag => Assert.True(card.HasFlag(flag), flag));
        Assert.Equal("tunbridge:cli", card.GetProperty("ifalias").GetString());
    }

    [Fact]
    public void Add_NothingSaid_IsAPlainPersistentCardThatIsDown()
    {
        using TestNamespace space = new();

        CommandResult result = space.Tunbridge("add tun3");

        JsonElement card = space.Link("tun3");
        Assert.Equal("tun", card.InfoData().GetProperty("type").GetString());
        Assert.All(["pi", "vnet_hdr", "multi_queue"], key => Assert.False(card.InfoData().GetProperty(key).GetBoolean(), key));
        Assert.False(card.HasFlag("UP"));
        Assert.Empty(card.GivenAddresses());
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("any user", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_ShortOptionsAndNumbers_AreTaken()
    {
        using TestNamespace space = new();
        CommandResult result = space.Tunbridge("add card -k tun -o 54321 -g 54322 -a 10.0.0.1/32");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        JsonElement data = space.Link("card").InfoData();
        Assert.Equal(("tun", "54321", "54322"), (data.GetProperty("type").GetString(), $"{data.GetProperty("user")}", $"{data.GetProperty("group")}"));
    }

    [Fact]
    public void Add_Template_TakesTheFirstFreeNumber()
    {
        using TestNamespace space = new();
        space.Ip("tuntap add vm0 mode tap");
        space.Ip("link add vm1 type bridge");
        space.Must("add vm%d --kind tap --owner root");
        Assert.True(space.HasLink("vm2"));
    }

    [Fact]
    public void Add_InEnteredNamespace_LeavesTheOwnOneAlone()
    {
        using TestNamespace outside = new();
        using TestNamespace inside = new();
        using System.Diagnostics.Process sleeper = inside.Start("sleep", "600");
        string before = outside.Dump();

        outside.Must($"add card --kind tap --owner root --address 10.0.0.1/24 --up --netns {sleeper.Id}");
        Assert.Equal(["10.0.0.1/24"], inside.Link("card").GivenAddresses());
        outside.Must($"set card --mtu 1300 --netns /proc/{sleeper.Id}/ns/net");
        Assert.Equal(1300, inside.Link("card").GetProperty("mtu").GetInt32());
        outside.Must($"delete card --netns {sleeper.Id}");

        Assert.False(inside.HasLink("card"));
        Assert.Equal(before, outside.Dump());
        sleeper.Kill();
    }

    [Fact]
    public void Set_EveryOption_IsWhatIpShows()
    {
        using TestNamespace space = new();
        space.Ip("link add br0 type bridge");
        space.Must("add card --kind tap --address 10.0.0.1/24 --address 10.0.1.1/24");

        space.Must(
            "set card --owner nobody --group nogroup --address 10.0.2.1/24 --remove-address 10.0.1.1/24 --mtu 9000 " +
            "--mac 02:00:5e:10:00:02 --txqueuelen 5 --bridge br0 --promisc --up");

        JsonElement card = space.Link("card");
        Assert.Equal(["10.0.0.1/24", "10.0.2.1/24"], card.GivenAddresses());
        Assert.Equal("nobody", card.InfoData().GetProperty("user").GetString());
        Assert.Equal("nogroup", card.InfoData().GetProperty("group").GetString());
        Assert.Equal((9000, 5), (card.GetProperty("mtu").GetInt32(), card.GetProperty("txqlen").GetInt32()));
        Assert.Equal("02:00:5e:10:00:02", card.GetProperty("address").GetString());
        Assert.Equal("br0", card.GetProperty("master").GetString());
        Assert.All(["UP", "PROMISC"], flag => Assert.True(card.HasFlag(flag), flag));

        space.Must("set card --no-bridge --no-promisc --down -r 10.0.2.1/24");

        card = space.Link("card");
        Assert.False(card.TryGetProperty("master", out _));
        Assert.All(["UP", "PROMISC"], flag => Assert.False(card.HasFlag(flag), flag));
        Assert.Equal(["10.0.0.1/24"], card.GivenAddresses());
        Assert.Equal(9000, card.GetProperty("mtu").GetInt32());
    }

    [Fact]
    public void Set_WhatIsSoAlready_ChangesNothing()
    {
        using TestNamespace space = new();
        space.Must("add card --kind tap --owner nobody --address 10.0.0.1/24 --mtu 1400 --up");
        string before = space.Dump();
        Assert.Equal("nothing to do\n", space.Must("set card --owner nobody --address 10.0.0.1/24 --mtu 1400 --up"));
        Assert.Equal("nothing to do\n", space.Must("set card"));
        Assert.Equal(before, space.Dump());
    }

    [Fact]
    public void Set_TunMtuBeyondATaps_IsTaken()
    {
        using TestNamespace space = new();
        space.Must("add tun0");
        space.Must("set tun0 --mtu 65535");
        Assert.Equal(65535, space.Link("tun0").GetProperty("mtu").GetInt32());
    }

    [Fact]
    public void Set_CardWithForeignAddresses_LeavesThemAsTheyAre()
    {
        using TestNamespace space = new();
        space.Must("add card --kind tap --up");
        space.Ip("addr add 10.2.0.1 peer 10.2.0.2/32 dev card label card:x");
        space.Ip("addr add 10.3.0.1/24 broadcast + dev card scope link");
        string[] before = [.. space.Link("card").GetProperty("addr_info").EnumerateArray().Select(a => a.GetRawText())];

        space.Must("set card --address 10.4.0.1/24");
        space.Must("set card --remove-address 10.4.0.1/24");

        Assert.Equal(before, space.Link("card").GetProperty("addr_info").EnumerateArray().Select(a => a.GetRawText()));
    }

    [Fact]
    public void Set_AddressThatIsNotThere_IsRefused()
    {
        using TestNamespace space = new();
        space.Must("add card --kind tap --address 10.0.0.1/24");
        string before = space.Dump();
        string error = space.Tunbridge("set card --remove-address 10.0.0.2/24 --up").AssertOneLine(1);
        Assert.Contains("10.0.0.2/24", error, StringComparison.Ordinal);
        Assert.Equal(before, space.Dump());
    }

    [Fact]
    public void Set_MacOfACardThatIsUp_ComesUpAgain()
    {
        using TestNamespace space = new();
        space.Must("add card --kind tap --address fd00::1/64 --address 10.0.0.1/24 --up");
        space.Must("set card --mac 02:00:00:00:00:77");
        JsonElement card = space.Link("card");
        Assert.Equal("02:00:00:00:00:77", card.GetProperty("address").GetString());
        Assert.True(card.HasFlag("UP"));
        Assert.Equal(["10.0.0.1/24", "fd00::1/64"], card.GivenAddresses());
    }

    [Fact]
    public void Delete_SeveralCards_AreGoneAndOthersStay()
    {
        using TestNamespace space = new();
        foreach (string name in (string[])["tap0", "tap1", "tap2"])
            space.Must($"add {name}");
        space.Must("delete tap0 tap2 tap0");
        Assert.Equal((false, true, false), (space.HasLink("tap0"), space.HasLink("tap1"), space.HasLink("tap2")));
        space.Must("del tap1");
        Assert.False(space.HasLink("tap1"));
    }

    [Fact]
    public void Delete_OneOfThemCannotBe_DeletesNone()
    {
        using TestNamespace space = new();
        space.Must("add tap0");
        space.Ip("tuntap add theirs mode tap");
        string before = space.Dump();
        Assert.Contains("nosuch", space.Tunbridge("delete tap0 nosuch").AssertOneLine(1), StringComparison.Ordinal);
        Assert.Contains("theirs", space.Tunbridge("delete tap0 theirs").AssertOneLine(1), StringComparison.Ordinal);
        Assert.Equal(before, space.Dump());
    }

    [Fact]
    public void Delete_CardInUse_IsRefusedAndForced()
    {
        using TestNamespace space = new();
        space.Must("add tap0 --owner root");
        using TapDevice holder = TapDevice.Attach("tap0", new() { Namespace = space.Namespace });

        string error = space.Tunbridge("delete tap0").AssertOneLine(1);

        Assert.Contains($"{Environment.ProcessId}", error, StringComparison.Ordinal);
        Assert.Contains("--force", error, StringComparison.Ordinal);
        Assert.True(space.HasLink("tap0"));
        space.Must("delete tap0 --force");
        Assert.False(space.HasLink("tap0"));
    }

    [Theory]
    [InlineData("add card --kind tap --owner nobody --address 10.0.0.1/24 --address fd00::1/64 --bridge br0 --mtu 1400 --promisc --up")]
    [InlineData("set mine --address 10.7.0.1/24 --mtu 1400 --owner root --mac 02:00:00:00:00:05 --up --bridge br0")]
    [InlineData("delete mine")]
    [InlineData("up")]
    public void AnyChange_DryRun_TellsAndChangesNothing(string line)
    {
        using TestNamespace space = new();
        space.Ip("link add br0 type bridge");
        space.Must("add mine --kind tap --owner nobody");
        string before = space.Dump();

        string text = space.Must($"{line} --dry-run");
        JsonElement changes = space.Tunbridge($"{line} -n --json").Json().GetProperty("changes");

        Assert.Contains("would ", text, StringComparison.Ordinal);
        Assert.True(changes.GetArrayLength() > 0);
        // What the text tells and what the document tells is the same.
        Assert.All(changes.EnumerateArray(), c => Assert.Contains(c.GetProperty("description").GetString()!, text, StringComparison.Ordinal));
        Assert.Equal(before, space.Dump());
        // And it would have been done: the same line without --dry-run changes the host.
        space.Must(line);
        Assert.NotEqual(before, space.Dump());
    }

    [Theory]
    [InlineData("add card --kind tap --address 10.0.0.1/24 --up", "card")]
    [InlineData("set mine --mtu 1400", "mine")]
    [InlineData("delete mine", "mine")]
    [InlineData("up", "tap0")]
    public void AnyChange_AsJson_IsOneDocument(string line, string device)
    {
        using TestNamespace space = new();
        space.Must("add mine --kind tap");
        JsonElement changes = space.Tunbridge($"{line} --json").Json().GetProperty("changes");
        Assert.True(changes.GetArrayLength() > 0);
        Assert.All(changes.EnumerateArray(), c => Assert.Equal(device, c.GetProperty("device").GetString()));
        Assert.All(changes.EnumerateArray(), c => Assert.False(string.IsNullOrEmpty(c.GetProperty("operation").GetString())));
    }
}
