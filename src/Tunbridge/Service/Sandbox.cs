// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Tunbridge.Configuration;

namespace Tunbridge.Service;

/// <summary>What a unit may do: as little as its file needs, each addition named in a comment.</summary>
/// <remarks>
/// Three things a sandbox for cards cannot have: PrivateDevices= hides /dev/net/tun; ProtectClock= closes the device
/// policy, so that the node must be allowed by name; MemoryDenyWriteExecute= kills a runtime that compiles.
/// ProtectKernelModules= is why the unit wants modprobe@tun.service.
/// </remarks>
internal sealed class Sandbox
{
    private readonly List<string> _comments = [];
    private readonly List<string> _capabilities = ["CAP_NET_ADMIN"];
    private readonly List<string> _families = ["AF_NETLINK", "AF_UNIX", "AF_INET"];
    private readonly List<string> _paths = [];
    private bool _tunables = true, _denyAddresses = true, _strict = true, _privilegedCalls, _setUser, _changeRoot;
    private string _namespaces = "yes";
    private readonly string _home;
    private readonly string _temporary;

    internal Sandbox(DesiredState desired, string program)
    {
        // A file or program in such a place must stay in sight.
        bool Uses(params string[] places) =>
            Array.Exists(places, p => ((string[])[desired.RealPath, program, .. desired.Tunnels.Select(t => t.OpenVpnFile)])
                .Any(f => f.StartsWith(p, StringComparison.Ordinal)));
        _home = Uses("/home/", "/root/") ? "read-only" : "yes";
        _temporary = Uses("/tmp/", "/var/tmp/") ? "no" : "yes";
        IReadOnlyList<DeviceDefinition> cards = desired.Devices;
        Add(cards.Where(d => d.NetworkNamespace is not null), "netns", "entering a namespace needs CAP_SYS_ADMIN", () =>
        {
            _capabilities.Add("CAP_SYS_ADMIN");
            _namespaces = "net";
        });
        Add(cards.Where(d => d.Sysctl is not null), "sysctl", "/proc/sys/net must be writable", () => _tunables = false);
        Add(cards.Where(d => d.Dns is not null), "dns", "resolvconf writes its files", () =>
            _paths.AddRange(["-/etc/resolv.conf", "-/etc/resolvconf", "-/run/resolvconf"]));
        Add(cards.Where(d => d.Dhcp is { IPv4: true } or { IPv6: true }), "dhcp", "its client sends packets, sets addresses and keeps leases", () =>
        {
            _capabilities.AddRange(["CAP_NET_RAW", "CAP_NET_BIND_SERVICE"]);
            _families.AddRange(["AF_INET6", "AF_PACKET"]);
            _paths.AddRange(["-/var/lib/dhcp", "-/var/lib/dhcpcd", "-/run/dhcpcd"]);
            _denyAddresses = false;
        });
        Add(cards.Where(d => d.Dhcp?.Client == "dhcpcd"), "dhcp.client: dhcpcd", "it gives up root in a directory of its own", () =>
        {
            _capabilities.AddRange(["CAP_SETUID", "CAP_SETGID", "CAP_SYS_CHROOT", "CAP_KILL"]);
            _setUser = true;
            _changeRoot = true;
        });
        Add(cards.Where(d => d.Hooks is not null), "hooks", "programs of the administrator run in this sandbox", () =>
        {
            _strict = false;
            _denyAddresses = false;
            _privilegedCalls = true;
            if (!_families.Contains("AF_INET6"))
                _families.Add("AF_INET6");
        });
        Add(cards.Where(d => Hooks(d).Any(h => h.User is not null)), "hooks.user", "a hook runs as another user", () =>
        {
            // CAP_KILL: one that takes too long is ended.
            _capabilities.AddRange(["CAP_SETUID", "CAP_SETGID", "CAP_KILL"]);
            _setUser = true;
        });
        Add(desired.Tunnels.Where(t => t.IsEnabled).Select(t => t.Name), "tunnels", "they speak with peers, keep status files and tell name servers", () =>
        {
            _capabilities.Add("CAP_NET_BIND_SERVICE");
            _strict = false;
            _denyAddresses = false;
            _paths.AddRange(["-/etc/resolv.conf", "-/etc/resolvconf", "-/run/resolvconf"]);
            if (!_families.Contains("AF_INET6"))
                _families.Add("AF_INET6");
        });
    }

    /// <summary>The lines of [Service].</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        foreach (string comment in _comments)
            text.Append(comment).Append('\n');
        text.Append($"""
            CapabilityBoundingSet={string.Join(' ', _capabilities.Distinct())}
            NoNewPrivileges=yes
            DevicePolicy=closed
            DeviceAllow=/dev/net/tun rw
            ProtectSystem={(_strict ? "strict" : "full")}
            ProtectHome={_home}
            PrivateTmp={_temporary}
            PrivateMounts=yes
            PrivateIPC=yes
            ProtectProc=invisible
            ProtectClock=yes
            ProtectControlGroups=yes
            ProtectHostname=yes
            ProtectKernelLogs=yes
            ProtectKernelModules=yes
            ProtectKernelTunables={(_tunables ? "yes" : "no")}
            RestrictAddressFamilies={string.Join(' ', _families)}
            RestrictNamespaces={_namespaces}
            RestrictRealtime=yes
            RestrictSUIDSGID=yes
            LockPersonality=yes
            RemoveIPC=yes
            KeyringMode=private
            UMask=0077
            SystemCallArchitectures=native
            SystemCallFilter=@system-service

            """);
        text.Append(_privilegedCalls ? "" : "SystemCallFilter=~@privileged\n");
        text.Append(_setUser ? "SystemCallFilter=@setuid\n" : "");
        text.Append(_changeRoot ? "SystemCallFilter=chroot\n" : "");
        text.Append("SystemCallErrorNumber=EPERM\n");
        text.Append(_denyAddresses ? "IPAddressDeny=any\n" : "");
        // The journal of changes, which must outlive the unit.
        text.Append("RuntimeDirectory=tunbridge\nRuntimeDirectoryPreserve=yes\n");
        text.Append(_paths.Count > 0 ? $"ReadWritePaths={string.Join(' ', _paths.Distinct())}\n" : "");
        return text.ToString();
    }

    private static IEnumerable<DeviceHook> Hooks(DeviceDefinition device) => device.Hooks is { } hooks
        ? [.. hooks.PreUp, .. hooks.PostUp, .. hooks.PreDown, .. hooks.PostDown]
        : [];

    private void Add(IEnumerable<DeviceDefinition> users, string key, string why, Action widen) => Add(users.Select(d => d.Name), key, why, widen);

    private void Add(IEnumerable<string> users, string key, string why, Action widen)
    {
        string[] names = [.. users];
        if (names.Length == 0)
            return;
        string who = names.Length > 3 ? $"{string.Join(", ", names.Take(3))} and others" : string.Join(", ", names);
        _comments.Add($"# Wider for {key} of {who}: {why}.");
        widen();
    }
}
