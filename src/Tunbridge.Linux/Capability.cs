// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Linux;

/// <summary>The capabilities that cards touch upon (capabilities(7)).</summary>
public enum Capability
{
    /// <summary>CAP_DAC_OVERRIDE: file permissions do not hold.</summary>
    DacOverride = 1,

    /// <summary>CAP_SETGID: becoming another group.</summary>
    SetGid = 6,

    /// <summary>CAP_SETUID: becoming another user.</summary>
    SetUid = 7,

    /// <summary>CAP_SETPCAP: giving up capabilities for whatever is started later.</summary>
    SetPCap = 8,

    /// <summary>CAP_NET_BIND_SERVICE: ports below 1024.</summary>
    NetBindService = 10,

    /// <summary>CAP_NET_ADMIN: creating and configuring cards.</summary>
    NetAdmin = 12,

    /// <summary>CAP_NET_RAW: raw sockets.</summary>
    NetRaw = 13,

    /// <summary>CAP_SYS_MODULE: loading kernel modules.</summary>
    SysModule = 16,

    /// <summary>CAP_SYS_ADMIN: entering and making namespaces, mounting.</summary>
    SysAdmin = 21,

    /// <summary>CAP_MKNOD: making device nodes.</summary>
    Mknod = 27,
}
