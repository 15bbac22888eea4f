// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text.Json;
using Tunbridge.Devices;
using Tunbridge.Linux;
using Tunbridge.Testing;

namespace Tunbridge.Tests.Commands;

/// <summary>list and show as JSON beside `ip -j -d -s addr`: whatever both have is the same.</summary>
public sealed class JsonAgreementTests
{
    // What has its own meaning here: the group that may attach (in ip: the link's group).
    private static readonly string[] s_mapped = ["group", "kind"];

    private static readonly Dictionary<string, Func<TestNamespace, IDisposable?>> s_cards = new()
    {
        ["tap"] = s => Ip(s, "tuntap add card mode tap"),
        ["tap with packet information"] = s => Ip(s, "tuntap add card mode tap pi"),
        ["tun"] = s => Ip(s, "tuntap add card mode tun"),
        ["tun with packet information"] = s => Ip(s, "tuntap add card mode tun pi"),
        ["virtio header"] = s => Ip(s, "tuntap add card mode tap vnet_hdr"),
        ["tun with virtio header and queues"] = s => Ip(s, "tuntap add card mode tun vnet_hdr multi_queue"),
        ["multi-queue"] = s => Ip(s, "tuntap add card mode tap multi_queue"),
        ["owner by name"] = s => Ip(s, "tuntap add card mode tap user nobody"),
        ["owner that no user has"] = s => Ip(s, "tuntap add card mode tap user 54321"),
        ["group by name"] = s => Ip(s, "tuntap add card mode tap group nogroup"),
        ["group that is no group"] = s => Ip(s, "tuntap add card mode tun group 54321"),
        ["owner and group"] = s => Ip(s, "tuntap add card mode tun user root group root"),
        ["bridge member"] = s => Ip(s, "link add br0 type bridge", "tuntap add card mode tap", "link set card master br0", "link set br0 up", "link set card up"),
        ["up without carrier"] = s => Ip(s, "tuntap add card mode tap", "link set card up"),
        ["tun up without carrier"] = s => Ip(s, "tuntap add card mode tun", "link set card up", "addr add 10.9.0.1 peer 10.9.0.2 dev card"),
        ["attached"] = s => Attached(s, "card", detach: 0, multiQueue: false, "tuntap add card mode tap", "link set card up"),
        ["attached, three queues"] = s => Attached(s, "card", detach: 0, multiQueue: true, "tuntap add card mode tap multi_queue", "link set card up"),
        ["attached, a queue detached"] = s => Attached(s, "card", detach: 1, multiQueue: true, "tuntap add card mode tap multi_queue", "link set card up"),
        ["every queue detached"] = s => Attached(s, "card", detach: 3, multiQueue: true, "tuntap add card mode tap multi_queue", "link set card up"),
        ["attached, down"] = s => Attached(s, "card", detach: 0, multiQueue: false, "tuntap add card mode tap"),
        ["not persistent"] = s => TapDevice.Create(new() { Name = "card", Persistent = false, Namespace = s.Namespace }),
        ["addresses"] = s => Ip(
            s, "tuntap add card mode tap", "link set card up", "addr add 10.1.0.1/24 broadcast + dev card label card:one",
            "addr add 10.1.0.2/24 dev card", "addr add 10.2.0.1 peer 10.2.0.2/32 dev card", "addr add 10.3.0.1/16 dev card scope link",
            "addr add 10.4.0.1/16 dev card scope host", "addr add 10.5.0.1/16 dev card scope site",
            "addr add 10.6.0.1/16 dev card valid_lft 10000 preferred_lft 5000", "addr add fd00:1::1/64 dev card nodad",
            "addr add fd00:2::1 peer fd00:2::2/128 dev card nodad", "addr add fd00:3::1/64 dev card nodad valid_lft 9000 preferred_lft 0"),
        ["alias"] = s => Ip(s, "tuntap add card mode tap", "link set card alias it's\"<é>&more"),
        ["further names"] = s => Ip(s, "tuntap add card mode tap", "link property add dev card altname a-rather-long-further-name altname brief"),
        ["promiscuous and all multicast"] = s => Ip(s, "tuntap add card mode tap", "link set card promisc on", "link set card allmulticast on", "link set card up"),
        ["txqueuelen and MTU"] = s => Ip(s, "tuntap add card mode tap", "link set card txqueuelen 77 mtu 9000"),
        ["MAC"] = s => Ip(s, "tuntap add card mode tap", "link set card address 02:00:5e:10:00:99"),
        ["renamed"] = s => Ip(s, "tuntap add before mode tap", "link set before name card"),
        ["no ARP, no multicast"] = s => Ip(s, "tuntap add card mode tap", "link set card arp off multicast off"),
        ["another queueing discipline"] = s => Tc(s, "tuntap add card mode tap", "link set card up"),
        ["another link type"] = s => LinkType(s, 512),
        ["a link type without a name here"] = s => LinkType(s, 5000),
    };

    public static TheoryData<string> Kinds => [.. s_cards.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ListAndShow_CardOfAnyKind_AgreeWithIp(string kind)
    {
        using TestNamespace space = new();
        using IDisposable? holder = s_cards[kind](space);
        Compare(space, space, "");
    }

    [Theory]
    [InlineData("name")]
    [InlineData("path")]
    [InlineData("pid")]
    public void ListAndShow_EnteredNamespace_AgreeWithIpInside(string how)
    {
        using TestNamespace outside = new();
        using TestNamespace inside = new();
        // A card of the same name outside would show at once if the wrong namespace were read.
        outside.Ip("tuntap add card mode tun user nobody");
        inside.Ip("link add br0 type bridge");
        inside.Ip("tuntap add card mode tap multi_queue user root");
        inside.Ip("link set card master br0");
        inside.Ip("addr add 10.77.0.1/24 dev card");
        using Process sleeper = inside.Start("sleep", "600");
        string name = $"tbagree{Environment.ProcessId}";
        try
        {
            if (how == "name")
                Assert.Equal(0, CommandResult.Of("ip", "netns", "attach", name, $"{sleeper.Id}").ExitCode);
            Compare(outside, inside, " --netns " + (how switch { "name" => name, "path" => $"/proc/{sleeper.Id}/ns/net", _ => $"{sleeper.Id}" }));
        }
        finally
        {
            if (how == "name")
                CommandResult.Of("ip", "netns", "delete", name);
            sleeper.Kill();
        }
    }

    [Fact]
    public void List_SeveralCards_AreAllThereInTheKernelsOrder()
    {
        using TestNamespace space = new();
        space.Ip("link add br0 type bridge");
        foreach (string name in (string[])["tap3", "tun1", "tap2", "zz9"])
            space.Ip($"tuntap add {name} mode {(name == "tun1" ? "tun" : "tap")}");

        JsonElement devices = space.Tunbridge("list --json").Json().GetProperty("devices");

        Assert.Equal(["tap3", "tun1", "tap2", "zz9"], devices.EnumerateArray().Select(d => d.GetProperty("name").GetString()));
    }

    [Fact]
    public void List_NoCards_IsAnEmptyDocument()
    {
        using TestNamespace space = new();
        CommandResult result = space.Tunbridge("list --json");
        Assert.Equal(0, result.Json().GetProperty("devices").GetArrayLength());
        Assert.Equal("", result.Error);
    }

    [Fact]
    public void List_AsText_HasAColumnForEveryMember()
    {
        using TestNamespace space = new();
        space.Ip("link add br0 type bridge");
        space.Ip("tuntap add tap7 mode tap user nobody group nogroup");
        space.Ip("link set tap7 master br0 mtu 1400 address 02:00:00:00:00:07");
        space.Ip("addr add 10.0.0.1/24 dev tap7");

        string[] lines = space.Must("list").TrimEnd().Split('\n');

        Assert.Equal(["NAME", "KIND", "STATE", "CARRIER", "OWNER", "GROUP", "MTU", "MAC", "BRIDGE", "ADDRESSES"], Tool.Words(lines[0]));
        Assert.Equal(
            ["tap7", "tap", "down", "no", "nobody", "nogroup", "1400", "02:00:00:00:00:07", "br0", "10.0.0.1/24"],
            Tool.Words(lines[1]));
    }

    [Fact]
    public void Show_CardThatIsHeld_NamesTheHolder()
    {
        using TestNamespace space = new();
        space.Ip("tuntap add card mode tap");
        using TapDevice holder = TapDevice.Attach("card", new() { Namespace = space.Namespace });

        JsonElement holders = space.Tunbridge("show card --json").Json().GetProperty("devices")[0].GetProperty("holders");

        Assert.Contains(holders.EnumerateArray(), h => h.GetProperty("pid").GetInt32() == Environment.ProcessId);
        Assert.Contains($"{Environment.ProcessId}", space.Must("show card"), StringComparison.Ordinal);
    }

    private static void Compare(TestNamespace from, TestNamespace inside, string more)
    {
        for (int attempt = 0; ; attempt++)
        {
            // The kernel's own changes (carrier, counters, lifetimes) must not come between the two.
            string before = inside.Ip("-j -d -s addr show dev card");
            JsonElement list = from.Tunbridge($"list --json{more}").Json().GetProperty("devices");
            JsonElement show = from.Tunbridge($"show card --json{more}").Json().GetProperty("devices");
            if (before != inside.Ip("-j -d -s addr show dev card") && attempt < 100)
                continue;
            JsonElement ip = JsonDocument.Parse(before).RootElement[0];
            Assert.Equal(1, show.GetArrayLength());
            CompareCard(ip, Assert.Single(list.EnumerateArray(), c => c.GetProperty("name").GetString() == "card"));
            CompareCard(ip, show[0]);
            return;
        }
    }

    private static void CompareCard(JsonElement ip, JsonElement ours)
    {
        JsonElement data = ip.InfoData();
        Assert.Equal(Text(ip, "ifname"), Text(ours, "name"));
        Assert.Equal(Text(data, "type"), Text(ours, "kind"));
        Assert.Equal(Text(ip, "address"), Text(ours, "mac"));
        Assert.Equal(Text(data, "user"), Text(ours, "owner"));
        Assert.Equal(Text(data, "group"), Text(ours, "group"));
        Assert.Equal(Text(ip, "master"), Text(ours, "bridge"));
        Assert.Equal(ip.HasFlag("UP"), ours.GetProperty("up").GetBoolean());
        Assert.Equal(ip.HasFlag("LOWER_UP"), ours.GetProperty("carrier").GetBoolean());
        Assert.Equal(
            ip.GetProperty("addr_info").EnumerateArray().Select(a => $"{Text(a, "local")}/{Text(a, "prefixlen")}"),
            ours.GetProperty("addresses").EnumerateArray().Select(a => a.GetString()));
        List<string> compared = [];
        foreach (string key in (string[])["pi", "vnet_hdr", "multi_queue", "persist", "numqueues", "numdisabled"])
            CompareMember(data, ours, key, compared);
        Assert.True(compared.Count >= 4, string.Join(' ', compared));
        foreach (JsonProperty member in ours.EnumerateObject().Where(m => !s_mapped.Contains(m.Name)))
            CompareMember(ip, ours, member.Name, compared);
        foreach (string key in (string[])["ifindex", "flags", "mtu", "qdisc", "operstate", "txqlen", "link_type", "addr_info", "stats64"])
            Assert.Contains(key, compared);
    }

    private static void CompareMember(JsonElement ip, JsonElement ours, string key, List<string> compared)
    {
        if (!ip.TryGetProperty(key, out JsonElement theirs))
            return;
        Assert.True(ours.TryGetProperty(key, out JsonElement mine), $"{key} is missing");
        CompareValue(key, theirs, mine);
        compared.Add(key);
    }

    private static void CompareValue(string path, JsonElement theirs, JsonElement mine)
    {
        Assert.True(theirs.ValueKind == mine.ValueKind, $"{path}: ip {theirs.GetRawText()}, ours {mine.GetRawText()}");
        switch (theirs.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty member in mine.EnumerateObject())
                {
                    if (theirs.TryGetProperty(member.Name, out JsonElement other))
                        CompareValue($"{path}.{member.Name}", other, member.Value);
                }

                // What ip says only when it is so must not be lost either.
                foreach (string key in (string[])["address", "broadcast", "label", "tentative"])
                    Assert.True(!path.StartsWith("addr_info", StringComparison.Ordinal) || theirs.TryGetProperty(key, out _) == mine.TryGetProperty(key, out _), $"{path}.{key}");
                break;
            case JsonValueKind.Array:
                Assert.Equal(theirs.GetArrayLength(), mine.GetArrayLength());
                for (int i = 0; i < theirs.GetArrayLength(); i++)
                    CompareValue($"{path}[{i}]", theirs[i], mine[i]);
                break;
            default:
                Assert.True(theirs.ToString() == mine.ToString(), $"{path}: ip {theirs.GetRawText()}, ours {mine.GetRawText()}");
                break;
        }
    }

    private static string? Text(JsonElement from, string key) =>
        from.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value.ToString() : null;

    private static IDisposable? Ip(TestNamespace space, params string[] lines)
    {
        foreach (string line in lines)
            space.Ip(line);
        return null;
    }

    private static IDisposable? Tc(TestNamespace space, params string[] lines)
    {
        Ip(space, lines);
        RealTool.Require("tc");
        Assert.Equal(0, space.Exec("tc", "qdisc", "replace", "dev", "card", "root", "pfifo").ExitCode);
        return null;
    }

    private static TapDevice Attached(TestNamespace space, string name, int detach, bool multiQueue, params string[] lines)
    {
        Ip(space, lines);
        TapDevice device = TapDevice.Attach(name, new() { Namespace = space.Namespace, Queues = multiQueue ? 3 : 1, MultiQueue = multiQueue });
        for (int i = 0; i < detach; i++)
            device.Queues[i].Detach();
        return device;
    }

    private static TunDevice LinkType(TestNamespace space, ushort type) =>
        TunDevice.Create(new() { Name = "card", LinkType = type, Namespace = space.Namespace });
}
