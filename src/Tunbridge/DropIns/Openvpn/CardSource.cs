// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Devices;
using Tunbridge.Hosting.OpenVpn;
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.DropIns.Openvpn;

/// <summary>Opens the card that <c>dev</c>, <c>dev-type</c> and <c>dev-node</c> name, and keeps it over restarts with <c>persist-tun</c>.</summary>
/// <remarks>Superpackets are on wherever the kernel has them. One owner at a time.</remarks>
internal sealed class CardSource : IDisposable
{
    private readonly string _node;
    private readonly bool _isKept;
    private VirtualDevice? _open;
    private TunnelCardRequest? _wanted;

    internal CardSource(OpenvpnRequest request)
    {
        _node = request.Last("dev-node")?.At(0) ?? TunControl.ClonePath;
        _isKept = request.Has("persist-tun");
    }

    /// <summary>The last card that was asked for was opened, not kept.</summary>
    internal bool IsNew { get; private set; }

    /// <summary>The card; a kept one when it is of the same kind.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal TunnelCard Open(TunnelCardRequest wanted)
    {
        if (_open is not null && (_wanted?.Name != wanted.Name || _wanted.IsTap != wanted.IsTap))
            Close();
        if (_open is null)
        {
            _open = Make(wanted);
            _wanted = wanted;
            IsNew = true;
        }
        else
        {
            IsNew = false;
        }

        return new() { Name = _open.Name, Queues = _open.Queues, Owner = new Lease(this) };
    }

    public void Dispose() => Close();

    private VirtualDevice Make(TunnelCardRequest wanted)
    {
        string name = wanted.Name is "tun" or "tap" ? $"{wanted.Name}%d" : wanted.Name;
        DeviceOptions options = new() { ClonePath = _node, Offload = Offload.All };
        // One that was made before, persistent: attached to as what it is, which its owner may without privilege.
        if (!name.Contains('%', StringComparison.Ordinal))
        {
            using RouteNetlink netlink = RouteNetlink.Open();
            if (netlink.Links.TryGet(name) is not null)
                return VirtualDevice.Attach(name, options);
        }

        options = options with { Name = name };
        return wanted.IsTap ? TapDevice.Create(options) : TunDevice.Create(options);
    }

    private void Close()
    {
        _open?.Dispose();
        _open = null;
    }

    private sealed class Lease(CardSource source) : IDisposable
    {
        public void Dispose()
        {
            if (!source._isKept)
                source.Close();
        }
    }
}
