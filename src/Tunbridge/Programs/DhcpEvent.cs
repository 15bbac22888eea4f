// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Tunbridge.Changes;
using Tunbridge.Linux;
using Tunbridge.Netlink;
using Tunbridge.Output;

namespace Tunbridge.Programs;

/// <summary>The program as the script of a DHCP client: it gives the card what the lease says, for as long as it says.</summary>
/// <remarks>
/// udhcpc and dhclient leave this to a script and tell it by its environment; dhcpcd does it itself, and its calls are
/// answered with nothing. Whatever calls it, no file of the host is written: name servers are the file's to declare.
/// </remarks>
internal static class DhcpEvent
{
    /// <summary>The name by which it is called.</summary>
    internal const string Name = "tunbridge-dhcp-event";

    private const int MinimumMtu = 576;

    /// <summary>A link to the program: clients take a path without arguments, and /run is often mounted noexec.</summary>
    internal static string ScriptPath => Path.Combine(StateDirectory.Find() ?? StateDirectory.SystemPath, Name);

    /// <summary>Makes the link.</summary>
    internal static void PrepareScript()
    {
        string path = Path.Combine(StateDirectory.Prepare(), Name);
        if (new FileInfo(path).LinkTarget == ProgramRun.OwnPath)
            return;
        File.Delete(path + ".new");
        File.CreateSymbolicLink(path + ".new", ProgramRun.OwnPath);
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>Does what a client tells.</summary>
    /// <returns>The exit code.</returns>
    internal static int Run(string[] arguments)
    {
        string? card = Get("interface");
        if (card is null)
        {
            Console.Error.WriteLine($"{Name}: for DHCP clients, which call it");
            return ExitCode.Usage;
        }

        try
        {
            using RouteNetlink netlink = RouteNetlink.Open();
            Link link = netlink.Links.Get(card);
            if (arguments.Length > 0)
                HandleUdhcpc(netlink, link, arguments[0]);
            else if (Get("reason") is string reason && Get("dhcpcd_pid") is null && Get("interface_order") is null)
                HandleDhclient(netlink, link, reason);
            return ExitCode.Done;
        }
        catch (Exception e) when (Failure.Describe(e) is { } failure)
        {
            Terminal.Warn(failure.Message);
            return failure.ExitCode;
        }
    }

    /// <summary>Takes away what leases gave a card, where it is still there.</summary>
    internal static void Clear(string card)
    {
        using RouteNetlink netlink = RouteNetlink.Open();
        if (netlink.Links.TryGet(card) is not Link link)
            return;
        Clear(netlink, link, AddressFamily.InterNetwork);
        Clear(netlink, link, AddressFamily.InterNetworkV6);
    }

    private static void HandleUdhcpc(RouteNetlink netlink, Link link, string what)
    {
        switch (what)
        {
            case "deconfig":
                netlink.Links.Change(link.Index, new LinkChange { Up = true });
                // udhcpc6 says it of IPv6 only, but by the same word; its variables tell which it is.
                Clear(netlink, link, IsIPv6Client() ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork);
                break;
            case "bound" or "renew" when Address("ipv6") is IPAddress six:
                Set(netlink, link, six, Number("ipv6prefix") ?? 128, Seconds("lease"), null);
                break;
            case "bound" or "renew" when Address("ip") is IPAddress address:
                Set(netlink, link, address, PrefixOf("subnet") ?? Number("mask") ?? 24, Seconds("lease"), Address("router"));
                break;
        }
    }

    private static void HandleDhclient(RouteNetlink netlink, Link link, string reason)
    {
        switch (reason)
        {
            case "PREINIT" or "PREINIT6":
                netlink.Links.Change(link.Index, new LinkChange { Up = true });
                break;
            case "BOUND" or "RENEW" or "REBIND" or "REBOOT" when Address("new_ip_address") is IPAddress address:
                Set(netlink, link, address, PrefixOf("new_subnet_mask") ?? 24, Seconds("new_dhcp_lease_time"), Address("new_routers"));
                break;
            case "BOUND6" or "RENEW6" or "REBIND6" when Address("new_ip6_address") is IPAddress six:
                Set(netlink, link, six, Number("new_ip6_prefixlen") ?? 128, Seconds("new_max_life"), null);
                break;
            case "EXPIRE" or "FAIL" or "RELEASE" or "STOP":
                Clear(netlink, link, AddressFamily.InterNetwork);
                break;
            case "EXPIRE6" or "RELEASE6" or "STOP6" or "DEPREF6":
                Clear(netlink, link, AddressFamily.InterNetworkV6);
                break;
        }
    }

    /// <summary>The address with the lease's time, so that it goes when nobody renews it; others of a lease before go.</summary>
    private static void Set(RouteNetlink netlink, Link link, IPAddress address, int prefixLength, TimeSpan? lease, IPAddress? router)
    {
        // An address for ever would be the file's or a person's: no lease is that long.
        TimeSpan time = lease ?? TimeSpan.FromDays(365);
        netlink.Addresses.Replace(new InterfaceAddress
        {
            LinkIndex = link.Index,
            Address = address,
            PrefixLength = prefixLength,
            Broadcast = address.AddressFamily == AddressFamily.InterNetwork ? InterfaceAddress.BroadcastOf(address, prefixLength) : null,
            ValidLifetime = time,
            PreferredLifetime = time,
        });
        foreach (InterfaceAddress old in Leased(netlink, link, address.AddressFamily).Where(a => !a.Address.Equals(address)))
            netlink.Addresses.Delete(old);
        if (address.AddressFamily == AddressFamily.InterNetwork && Number("mtu") is >= MinimumMtu and int mtu && mtu != link.Mtu)
            Terminal.Warn($"{link.Name}: the server says MTU {mtu}; the file's is kept");
        if (router is null)
            return;
        netlink.Routes.Replace(new Route
        {
            Destination = Route.DefaultIPv4,
            Gateway = router,
            LinkIndex = link.Index,
            Metric = DhcpClient.RouteMetric,
            Protocol = RouteProtocol.Dhcp,
            Flags = RouteFlags.OnLink,
        });
    }

    private static void Clear(RouteNetlink netlink, Link link, AddressFamily family)
    {
        foreach (InterfaceAddress address in Leased(netlink, link, family))
            netlink.Addresses.Delete(address);
        foreach (Route route in netlink.Routes.List(linkIndex: link.Index, family: family).Where(r => r.Protocol == RouteProtocol.Dhcp))
            netlink.Routes.Delete(route);
    }

    // Those that end by themselves; the file's and people's do not.
    private static IEnumerable<InterfaceAddress> Leased(RouteNetlink netlink, Link link, AddressFamily family) =>
        netlink.Addresses.List(link.Index, family).Where(a => !a.Flags.HasFlag(AddressFlags.Permanent) && !a.Address.IsIPv6LinkLocal);

    // What called: its command line is `udhcpc6 …` or `busybox udhcpc6 …`.
    private static bool IsIPv6Client()
    {
        try
        {
            return File.ReadAllText($"/proc/{ProcessIdentity.ParentProcessId}/cmdline").Contains("udhcpc6", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // It has ended meanwhile; nothing of IPv4 is then taken away by mistake.
            return true;
        }
    }

    private static string? Get(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    // Of several, the first.
    private static IPAddress? Address(string name) =>
        IPAddress.TryParse(Get(name)?.Split([' ', ','])[0], out IPAddress? address) ? address : null;

    private static int? PrefixOf(string name) => Address(name) is IPAddress mask && mask.AddressFamily == AddressFamily.InterNetwork
        ? mask.GetAddressBytes().Sum(b => int.PopCount(b))
        : null;

    private static int? Number(string name) =>
        int.TryParse(Get(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : null;

    private static TimeSpan? Seconds(string name) =>
        uint.TryParse(Get(name), NumberStyles.None, CultureInfo.InvariantCulture, out uint value) && value != uint.MaxValue
            ? TimeSpan.FromSeconds(value)
            : null;
}
