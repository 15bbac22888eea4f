// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Doctor;

/// <summary>The changes that <c>doctor --fix</c> knows how to make.</summary>
internal enum RepairKind
{
    /// <summary>Runs <c>modprobe tun</c>.</summary>
    LoadModule,

    /// <summary>Makes /dev/net/tun anew: character device 10:200, mode 0666.</summary>
    MakeNode,

    /// <summary>Writes /etc/modules-load.d/tun.conf, so that the module is there after a reboot too.</summary>
    LoadAtBoot,
}
