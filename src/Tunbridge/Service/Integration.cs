// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Service;

/// <summary>Drop-ins that keep programs which manage interfaces off our cards, and their removal.</summary>
internal sealed class Integration(string root, TextWriter log)
{
    private readonly InstalledFiles _files = new(root, log);

    /// <summary>NetworkManager: the cards are not managed.</summary>
    internal void InstallNetworkManager(string name, IReadOnlyList<string> cards)
    {
        // A section of our own: keyfile.unmanaged-devices is one list, which the administrator may have set.
        bool changed = _files.Write(NetworkManagerFile(name), $"""
            # {InstalledFiles.Mark} integrate networkmanager`; `--remove` takes it away.
            [device-{name}]
            match-device={string.Join(',', cards.Select(c => $"interface-name:{c}"))}
            managed=0

            """);
        ReloadNetworkManager(changed);
    }

    internal bool RemoveNetworkManager(string name)
    {
        bool changed = _files.Remove(NetworkManagerFile(name));
        ReloadNetworkManager(changed);
        return changed;
    }

    /// <summary>systemd-networkd: the cards are not managed, their routes and rules stay, udev leaves their MAC alone.</summary>
    internal void InstallNetworkd(string name, IReadOnlyList<string> cards)
    {
        string mark = $"# {InstalledFiles.Mark} integrate networkd`; `--remove` takes it away.";
        string all = string.Join(' ', cards);
        bool changed = _files.Write(NetworkFile(name), $"""
            {mark}
            [Match]
            Name={all}

            [Link]
            Unmanaged=yes

            """);
        changed |= _files.Write(LinkFile(name), $"""
            {mark}
            # udev's own policy gives every new card another MAC address.
            [Match]
            OriginalName={all}

            [Link]
            NamePolicy=keep kernel
            MACAddressPolicy=none

            """);
        changed |= _files.Write(DaemonFile(name), $"""
            {mark}
            # When it restarts, systemd-networkd removes routes and rules that it did not make.
            [Network]
            ManageForeignRoutes=no
            ManageForeignRoutingPolicyRules=no

            """);
        ReloadNetworkd(changed);
    }

    internal bool RemoveNetworkd(string name)
    {
        bool changed = _files.Remove(NetworkFile(name));
        changed |= _files.Remove(LinkFile(name));
        changed |= _files.Remove(DaemonFile(name));
        if (changed)
            _files.RemoveEmptyDirectory("/etc/systemd/networkd.conf.d");
        ReloadNetworkd(changed);
        return changed;
    }

    private static string NetworkManagerFile(string name) => $"/etc/NetworkManager/conf.d/90-{name}.conf";

    private static string NetworkFile(string name) => $"/etc/systemd/network/05-{name}.network";

    private static string LinkFile(string name) => $"/etc/systemd/network/05-{name}.link";

    private static string DaemonFile(string name) => $"/etc/systemd/networkd.conf.d/90-{name}.conf";

    private void ReloadNetworkManager(bool changed)
    {
        if (changed && root.Length == 0 && Directory.Exists("/run/NetworkManager"))
            Run("nmcli", "general", "reload", "conf");
    }

    private void ReloadNetworkd(bool changed)
    {
        if (!changed || root.Length > 0 || !Directory.Exists("/run/systemd/netif"))
            return;
        Run("networkctl", "reload");
        log.WriteLine("systemd-networkd reads networkd.conf.d when it starts next: systemctl restart systemd-networkd");
    }

    private void Run(string tool, params string[] arguments)
    {
        if (ServiceTool.Find(tool) is string program && ServiceTool.Run(program, arguments) is string mistake)
            log.WriteLine(mistake);
    }
}
