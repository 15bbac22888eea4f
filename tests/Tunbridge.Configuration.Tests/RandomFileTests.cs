// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Tunbridge.Changes;
using Tunbridge.Netlink;
using Tunbridge.Testing;

namespace Tunbridge.Configuration.Tests;

/// <summary>Random files against a real kernel: applied, replaced and taken away, with a journal.</summary>
public sealed class RandomFileTests
{
    [Fact]
    public void Apply_RandomFiles_ConvergeAndDownRestores()
    {
        RealTool.Require("ip");
        int files = Environment.GetEnvironmentVariable("TUNBRIDGE_SOAK") == "1" ? 200 : 40;
        using TestNamespace space = new();
        space.Ip("link add br0 type bridge");
        space.Ip("link add keep type veth peer name keep1");
        space.Ip("link set keep master br0");
        space.Ip("rule add priority 99 from 10.9.9.9 lookup 99");
        string before = Dump(space);
        Random random = new(20260101);
        for (int round = 0; round < files; round++)
        {
            string text = RandomFile(random);
            DesiredState desired = ConfigurationFile.Parse(text, "r.yaml", "random");
            space.Run(() => Apply(desired, Planner.Up));
            ChangePlan again = space.Run(() => Plan(desired, Planner.Up, []));
            Assert.True(again.IsEmpty, $"round {round}: {string.Join("; ", again.Changes)}\n{text}");
            StatusReport status = space.Run(() => StatusReport.Create(desired, Read(desired)));
            Assert.True(status.ExitCode == 0, $"round {round}: {string.Join("; ", status.Devices.SelectMany(d => d.Differences))}\n{text}");
            if (round % 5 != 4)
                continue;
            space.Run(() => Apply(desired, Planner.Down));
            Assert.Equal(before, Dump(space));
        }
    }

    [Fact]
    public void Apply_RandomFilesSideBySide_SurviveEachOther()
    {
        RealTool.Require("ip");
        int files = Environment.GetEnvironmentVariable("TUNBRIDGE_SOAK") == "1" ? 200 : 20;
        using TestNamespace space = new();
        space.Ip("link add br0 type bridge");
        // A bridge that loses its last port loses its random hardware address, too.
        space.Ip("link add keep type veth peer name keep1");
        space.Ip("link set keep master br0");
        string before = Dump(space);
        Random random = new(20260102);
        DesiredState?[] current = [null, null];
        for (int round = 0; round < files; round++)
        {
            int mine = round % 2;
            string text = RandomFile(random, first: mine * 5);
            current[mine] = ConfigurationFile.Parse(text, $"r{mine}.yaml", $"random{mine}");
            space.Run(() => Apply(current[mine]!, Planner.Up));
            AssertAsDeclared(current[mine]!, round);
            if (current[1 - mine] is not { } other)
                continue;
            AssertAsDeclared(other, round);
            if (round % 7 != 6)
                continue;
            space.Run(() => Apply(current[mine]!, Planner.Down));
            current[mine] = null;
            AssertAsDeclared(other, round);
        }

        foreach (DesiredState left in current.OfType<DesiredState>())
            space.Run(() => Apply(left, Planner.Down));
        Assert.Equal(before, Dump(space));

        void AssertAsDeclared(DesiredState desired, int round)
        {
            StatusReport status = space.Run(() => StatusReport.Create(desired, Read(desired)));
            string differences = string.Join("; ", status.Devices.SelectMany(d => d.Differences));
            Assert.True(status.Devices.All(d => d.Condition == DeviceCondition.Matching), $"round {round}, {desired.Path}: {differences}");
        }
    }

    private static HostState Read(DesiredState desired)
    {
        using RouteNetlink netlink = RouteNetlink.Open();
        return Planner.Read(netlink, desired);
    }

    private static ChangePlan Plan(
        DesiredState desired, Func<DesiredState, HostState, PlanOptions, ChangePlan> make, IReadOnlyList<string> own) =>
        make(desired, Read(desired), new() { Force = true, OwnRules = own });

    private static void Apply(DesiredState desired, Func<DesiredState, HostState, PlanOptions, ChangePlan> make)
    {
        using RouteNetlink netlink = RouteNetlink.Open();
        using ChangeJournal journal = ChangeJournal.Open(netlink, desired.Instance);
        Plan(desired, make, journal.OwnRules).Apply(netlink, journal);
    }

    private static string RandomFile(Random random, int first = 0)
    {
        List<string> cards = [];
        List<int> numbers = [.. Enumerable.Range(first, 5).Where(_ => random.Next(4) > 0)];
        // Names move between cards from file to file.
        string[] names = [.. new[] { "guest", "lab", "a-name-that-is-longer-than-fifteen-bytes", "c9" }.Select(n => $"{n}{first}")];
        random.Shuffle(names);
        string bridge = RandomBridge(random);
        foreach (int i in numbers)
        {
            List<string> keys = RandomKeys(random, i, bridge);
            if (i - first < names.Length && random.Next(3) > 0)
                keys.Add($"alt-names: [{names[i - first]}{(random.Next(3) == 0 ? $", c{i}-x" : "")}]");
            // Only later ones wait, so that there is no circle; c0 is first in the file and last in some orders.
            string[] others = [.. numbers.Where(n => n > i && random.Next(3) == 0).Select(n => $"c{n}")];
            if (others.Length > 0)
                keys.Add($"requires: [{string.Join(", ", others.Append("keep"))}]");
            if (random.Next(4) == 0)
                keys.Add($"after: [{string.Join(", ", others.Append("nowhere0"))}]");
            cards.Add($"  c{i}: {{{string.Join(", ", keys)}}}");
        }

        return cards.Count == 0 ? "devices: {}\n" : "devices:\n" + string.Join('\n', cards) + "\n";
    }

    private static List<string> RandomKeys(Random random, int i, string bridge)
    {
        bool tap = random.Next(3) > 0;
        bool up = random.Next(5) > 0;
        List<string> keys = [tap ? "kind: tap" : "kind: tun"];
        void Maybe(string key, int oneIn = 3)
        {
            if (random.Next(oneIn) == 0)
                keys.Add(key);
        }

        Maybe($"owner: {random.Next(3)}");
        Maybe($"mtu: {random.Next(1280, 3000)}");
        Maybe($"txqueuelen: {random.Next(1, 900)}");
        Maybe(random.Next(2) == 0 ? "multi-queue: true" : $"multi-queue: true, queues: {random.Next(1, 257)}", 4);
        Maybe($"description: 'tunbridge:x /card {i}: \u00e4 {random.Next(3)} # {{}}'");
        Maybe("vnet-header: true", 5);
        Maybe("promiscuous: true");
        Maybe("all-multicast: true");
        Maybe("multicast: false", 5);
        Maybe($"sysctl: {{rp-filter: {random.Next(3)}, forwarding: {(random.Next(2) == 0 ? "true" : "false")}}}");
        if (tap)
        {
            Maybe($"mac: '02:00:00:00:00:{random.Next(10, 99)}'");
            Maybe("arp: false", 5);
            Maybe(random.Next(2) == 0 ? "bridge: br0" : $"bridge: {{name: br{7 + i / 5}, create: {bridge}, cost: {random.Next(1, 9)}}}");
        }

        List<string> addresses = [];
        for (int n = 0; n < 3; n++)
        {
            if (random.Next(2) == 0)
                addresses.Add(random.Next(3) == 0 ? $"'fd00:{i}:{n}::1/64'" : $"10.{i}.{n}.1/24");
        }

        if (random.Next(4) == 0)
            addresses.Add($"{{address: 10.{i}.8.1/32, peer: 10.{i}.8.2/32}}");
        if (random.Next(4) == 0)
            addresses.Add($"{{address: 10.{i}.9.1/24, label: 'c{i}:x', scope: link}}");
        keys.Add($"addresses: [{string.Join(", ", addresses)}]");
        if (!up)
            keys.Add("up: false");
        else if (random.Next(2) == 0)
            keys.Add($"routes: [{{to: 10.{100 + i}.0.0/16}}, {{to: 'fd01:{i}::/48', metric: {random.Next(1, 9)}}}, {{to: 10.{120 + i}.0.0/16, via: 10.{200 + i}.0.1, on-link: true, table: {100 + i}}}{RandomNowhere(random, i)}]");
        Maybe($"rules: [{{from: 10.{i}.0.0/16, table: {100 + i}, priority: {1000 + i * 10 + random.Next(5)}}}]");
        return keys;
    }

    private static string RandomNowhere(Random random, int i)
    {
        string[] types = ["blackhole", "unreachable", "prohibit", "throw", "local"];
        string text = "";
        if (random.Next(2) == 0)
            text += $", {{to: 10.{140 + i}.0.0/16, type: {types[random.Next(5)]}}}";
        if (random.Next(2) == 0)
            text += $", {{to: 'fd02:{i}::/48', type: {types[random.Next(4)]}, table: {(random.Next(2) == 0 ? "main" : $"{300 + i}")}}}";
        return text;
    }

    private static string RandomBridge(Random random) => random.Next(3) == 0 ? "true"
        : $"{{stp: {(random.Next(2) == 0 ? "true" : "false")}, forward-delay: {random.Next(2, 31)}, priority: {random.Next(65536)}, " +
            $"ageing-time: {random.Next(1000)}, multicast-snooping: {(random.Next(2) == 0 ? "true" : "false")}, mtu: {random.Next(1280, 2000)}, " +
            $"mac: '02:00:00:00:01:{random.Next(10, 99)}'}}";

    private static string Dump(TestNamespace space) => Regex.Replace(
        space.Ip("-j -d link") + space.Ip("-j address") + space.Ip("-j route show table all") + space.Ip("-j -6 route show table all") +
        space.Ip("rule") + space.Ip("-6 rule"),
        @"""\w+_timer"":[0-9.]+|""(bridge|root)_id"":""[^""]*""|""(NO-CARRIER|LOWER_UP|linkdown)"",?|""operstate"":""\w+""|""tentative"":true,", "");
}
