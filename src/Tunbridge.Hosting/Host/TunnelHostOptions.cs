// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;
using Tunbridge.Linux;

namespace Tunbridge.Hosting;

/// <summary>How a <see cref="TunnelHost"/> works.</summary>
public sealed record TunnelHostOptions
{
    /// <summary>The tunnel's name, for messages and the journal: its file's path, or what tunbridge.yaml calls it.</summary>
    public required string Tunnel { get; init; }

    /// <summary>Where its lines go.</summary>
    public required ITunnelLog Log { get; init; }

    /// <summary>The namespace that is changed; null: that of the process. Belongs to the caller.</summary>
    public NetworkNamespace? Namespace { get; init; }

    /// <summary>Routes are not laid (<c>route-noexec</c>).</summary>
    public bool LeavesRoutes { get; init; }

    /// <summary>The card is not given addresses and not set up (<c>ifconfig-noexec</c>).</summary>
    public bool LeavesCard { get; init; }

    /// <summary>Name servers are told to nobody, since that takes root; a line says so when there are some.</summary>
    public bool LeavesResolver { get; init; }

    /// <summary>Where resolv.conf and the leases of DHCP clients are looked for.</summary>
    internal string FilesRoot { get; init; } = "/";

    /// <summary>Who is told of name servers; null: whom this host has, and nobody in another namespace.</summary>
    public HostResolver? Resolver { get; init; }
}
