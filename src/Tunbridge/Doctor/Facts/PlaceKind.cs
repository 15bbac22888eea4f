// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Doctor.Facts;

/// <summary>The places that need remedies of their own.</summary>
internal enum PlaceKind
{
    /// <summary>A machine of its own, real or virtual.</summary>
    Host,

    /// <summary>A Docker container.</summary>
    Docker,

    /// <summary>A Podman container.</summary>
    Podman,

    /// <summary>A pod of Kubernetes.</summary>
    Kubernetes,

    /// <summary>A containerd container outside Kubernetes.</summary>
    Containerd,

    /// <summary>An LXC, LXD or Incus container (Proxmox too).</summary>
    Lxc,

    /// <summary>A systemd-nspawn container.</summary>
    Nspawn,

    /// <summary>A service unit of systemd on a host, which may have a sandbox around it.</summary>
    SystemdUnit,

    /// <summary>Windows Subsystem for Linux, version 1: no kernel of its own.</summary>
    Wsl1,

    /// <summary>Windows Subsystem for Linux, version 2.</summary>
    Wsl2,
}
