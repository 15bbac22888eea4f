// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;
using Tunbridge.Configuration;

namespace Tunbridge.Programs;

/// <summary>One process of a DHCP client that a card wants: its name, families and command.</summary>
internal sealed record DhcpClient
{
    private static readonly string[] s_names = ["udhcpc", "dhcpcd", "dhclient"];

    // After routes that people lay; as systemd-networkd and dhcpcd have it.
    internal const int RouteMetric = 1024;

    /// <summary>udhcpc, dhcpcd or dhclient.</summary>
    internal required string Name { get; init; }

    /// <summary>4, 6, or 46 for a client that does both in one process.</summary>
    internal required string Families { get; init; }

    /// <summary>The program and its arguments.</summary>
    internal required IReadOnlyList<string> Command { get; init; }

    /// <summary>The clients of a card; null, with a reason, when none is installed.</summary>
    internal static IReadOnlyList<DhcpClient>? Find(DeviceDefinition device, string script, string leases, out string mistake)
    {
        DeviceDhcp dhcp = device.Dhcp!;
        mistake = "";
        string? name = dhcp.Client ?? s_names.FirstOrDefault(n => Program(n, dhcp) is not null);
        if (name is not null && Program(name, dhcp) is { } program)
        {
            return name == "dhcpcd"
                ? [new() { Name = name, Families = (dhcp.IPv4 ? "4" : "") + (dhcp.IPv6 ? "6" : ""), Command = Dhcpcd(program, device.Name, dhcp, script) }]
                : [.. FamiliesOf(dhcp).Select(f => new DhcpClient
                {
                    Name = name,
                    Families = f,
                    Command = name == "udhcpc" ? Udhcpc(program, device.Name, f, script) : Dhclient(program, device.Name, f, script, leases),
                })];
        }

        mistake = dhcp.Client is null
            ? "no DHCP client is installed; install one of the packages udhcpc (or busybox), dhcpcd-base (dhcpcd), isc-dhcp-client (dhclient)"
            : $"the DHCP client {dhcp.Client} is not installed; install the package {PackageOf(dhcp.Client)}, or leave client out for the first of udhcpc, dhcpcd, dhclient that is";
        return null;
    }

    private static IEnumerable<string> FamiliesOf(DeviceDhcp dhcp) => [.. dhcp.IPv4 ? (string[])["4"] : [], .. dhcp.IPv6 ? (string[])["6"] : []];

    private static string PackageOf(string client) => client switch
    {
        "udhcpc" => "udhcpc (or busybox)",
        "dhcpcd" => "dhcpcd-base (dhcpcd)",
        _ => "isc-dhcp-client",
    };

    /// <summary>The words that start it; null when it, or a part of it, is not installed.</summary>
    private static IReadOnlyList<string>? Program(string name, DeviceDhcp dhcp)
    {
        if (name != "udhcpc")
            return SystemTool.Find(name) is string path ? [path] : null;
        // busybox decides by the word which of its programs it is; one that was built without it says so by its list.
        bool Has(string word) => SystemTool.Find(word) is not null || s_applets.Value.Contains(word);
        return (!dhcp.IPv4 || Has("udhcpc")) && (!dhcp.IPv6 || Has("udhcpc6")) ? [] : null;
    }

    private static readonly Lazy<HashSet<string>> s_applets = new(() => SystemTool.Find("busybox") is string busybox && SystemTool.Run(busybox, ["--list"], "", out string applets) == 0
        ? [.. applets.Split('\n', StringSplitOptions.RemoveEmptyEntries)]
        : []);

    // -f: in the foreground; -S: says what it does to syslog.
    private static string[] Udhcpc(IReadOnlyList<string> program, string card, string family, string script)
    {
        string word = family == "6" ? "udhcpc6" : "udhcpc";
        string[] start = SystemTool.Find(word) is string path ? [path] : [SystemTool.Find("busybox")!, word];
        return [.. program, .. start, "-i", card, "-f", "-S", "-s", script];
    }

    // -B: in the foreground; -p: leaves the address when it ends; -c: instead of the hooks that write /etc/resolv.conf.
    private static string[] Dhcpcd(IReadOnlyList<string> program, string card, DeviceDhcp dhcp, string script)
    {
        string[] family = dhcp is { IPv4: true, IPv6: true } ? [] : [dhcp.IPv4 ? "-4" : "-6"];
        return [.. program, "-B", "-p", .. family, "-c", script, "-m", $"{RouteMetric}", card];
    }

    // -d: in the foreground; -e: what the script gets beside the lease.
    private static string[] Dhclient(IReadOnlyList<string> program, string card, string family, string script, string leases) =>
    [
        .. program, "-d", $"-{family}", "--no-pid", "-sf", script, "-lf", $"{leases}-{family}.leases",
        .. ProgramRun.OwnEnvironment.SelectMany(v => (string[])["-e", $"{v.Key}={v.Value}"]), card,
    ];
}
