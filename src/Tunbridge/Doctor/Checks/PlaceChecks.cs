// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Doctor.Facts;
using static Tunbridge.Doctor.Check;

namespace Tunbridge.Doctor.Checks;

/// <summary>Where the process runs, and who else manages interfaces there.</summary>
internal static class PlaceChecks
{
    /// <summary>The surroundings; never a reproach.</summary>
    public static Check Describe(Surroundings place, ModuleFacts module) => new()
    {
        Id = "surroundings",
        Status = CheckStatus.Ok,
        Summary = $"{place.Name}, kernel {module.Release}",
        Evidence =
        [
            Seen("kind", Word(place.Kind)),
            Seen("shown-by", place.ShownBy),
            Seen("device-cgroup", place.IsCgroup2 ? "version 2" : "version 1"),
            .. place.Unit is { } unit ? [Seen("unit", unit)] : Array.Empty<KeyValuePair<string, string>>(),
            .. place.UnitDeviceLines.Select(l => Seen("unit-line", l)),
        ],
    };

    /// <summary>NetworkManager and systemd-networkd, which may reconfigure cards they did not make.</summary>
    public static Check Managers(DoctorRoot root)
    {
        List<string> notes = [];
        if (root.Exists("/run/NetworkManager"))
        {
            notes.Add("NetworkManager runs: it may take a card down or out of its bridge; `tunbridge integrate networkmanager` " +
                "keeps it away");
        }

        if (root.Exists("/run/systemd/netif/state"))
        {
            notes.Add("systemd-networkd runs: it removes routes and rules it did not make when it restarts; " +
                "`tunbridge integrate networkd` keeps it away");
        }

        if (root.Exists("/run/udev/control"))
            notes.Add("udev runs: it may give a new TAP another MAC address (MACAddressPolicy=persistent); one set at creation stays");
        return new()
        {
            Id = "managers",
            Status = CheckStatus.Ok,
            Summary = notes.Count == 0 ? "no other program manages interfaces here" : "other programs watch " +
                "interfaces here",
            Notes = notes,
        };
    }

    private static string Word(PlaceKind kind) => kind switch
    {
        PlaceKind.SystemdUnit => "systemd-unit",
        PlaceKind.Host => "host",
        PlaceKind.Docker => "docker",
        PlaceKind.Podman => "podman",
        PlaceKind.Kubernetes => "kubernetes",
        PlaceKind.Containerd => "containerd",
        PlaceKind.Lxc => "lxc",
        PlaceKind.Nspawn => "nspawn",
        PlaceKind.Wsl1 => "wsl1",
        _ => "wsl2",
    };
}
