// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;

namespace Tunbridge.Tests.DropIns;

/// <summary>Takes out of texts what differs between two namespaces for no fault of a program.</summary>
internal static partial class Masks
{
    /// <summary>
    /// Output of a tool: random hardware addresses, the order of IPv6 addresses (the kernel walks a hash table that each
    /// namespace seeds anew), and counters unless they are to be compared.
    /// </summary>
    internal static string Output(string text, CaseList.Scenario scenario)
    {
        text = HardwareAddresses(text, scenario);
        text = Inet6Lines().Replace(
            text, m => string.Concat(m.Value.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order().Select(l => l + '\n')));
        if (scenario.Exact)
            return text;
        text = LongCounters().Replace(text, m => Number().Replace(m.Value, "#"));
        return ShortCounters().Replace(text, m => $"{m.Groups[1].Value} # {m.Groups[2].Value}");
    }

    /// <summary>The state as `ip` shows it: also what depends on when the kernel looked at the carrier, and timers.</summary>
    internal static string State(string text, CaseList.Scenario scenario)
    {
        text = HardwareAddresses(text, scenario);
        return Moments().Replace(text, "");
    }

    private static string HardwareAddresses(string text, CaseList.Scenario scenario) =>
        BridgeId().Replace(HardwareAddress().Replace(
            text, m => scenario.Text.Contains(m.Value, StringComparison.OrdinalIgnoreCase) ? m.Value : "MAC"), "BRIDGE");

    [GeneratedRegex(@"\b[0-9a-f]{2}(:[0-9a-f]{2}){5}\b")]
    private static partial Regex HardwareAddress();

    [GeneratedRegex(@"\b8000\.[0-9a-fMAC:]+")]
    private static partial Regex BridgeId();

    [GeneratedRegex(@"(?:^        inet6 .*\n)+", RegexOptions.Multiline)]
    private static partial Regex Inet6Lines();

    [GeneratedRegex(@"^        [RT]X (packets|errors) .*$", RegexOptions.Multiline)]
    private static partial Regex LongCounters();

    [GeneratedRegex(@"\d+(\.\d [KMGTPE]?i?B)?")]
    private static partial Regex Number();

    [GeneratedRegex(@"^(\S+ +\d+ ) *(?:\d+ +){8}(\S+)$", RegexOptions.Multiline)]
    private static partial Regex ShortCounters();

    [GeneratedRegex(@"NO-CARRIER,|,?LOWER_UP|,?M-DOWN|LOWERLAYERDOWN| state \w+| qdisc \w+| tentative| dadfailed|\d+\.\d\d\b")]
    private static partial Regex Moments();
}
