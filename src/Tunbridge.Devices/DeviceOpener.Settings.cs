// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Netlink;
using Tunbridge.Packets;

namespace Tunbridge.Devices;

/// <summary>Settings after the attach, those that cannot be taken back last.</summary>
internal static partial class DeviceOpener
{
    private static void ApplySettings(
        FileDescriptor control, string name, bool created, DevicePlan plan, UndoStack undo)
    {
        DeviceOptions options = plan.Options;
        // A card of our own making goes with its descriptors; only one that was there has a state to go back to.
        using RouteNetlink? netlink = NeedsNetlink(plan, created) ? OpenNetlink(options.Namespace) : null;
        Link? before = netlink?.Links.Get(name);
        if (options.LinkType is ushort type)
        {
            DeviceErrors.ThrowIfRefused(TunControl.TrySetLinkType(control, type), "TUNSETLINK", name);
            if (!created)
                undo.Push(() => _ = TunControl.TrySetLinkType(control, (ushort)before!.Type));
        }

        if (options.SendBuffer is int bytes)
        {
            _ = TunControl.TryGetSendBuffer(control, out int bytesBefore);
            DeviceErrors.ThrowIfRefused(TunControl.TrySetSendBuffer(control, bytes), "TUNSETSNDBUF", name);
            undo.Push(() => _ = TunControl.TrySetSendBuffer(control, bytesBefore));
        }

        if (HasLinkChange(options))
            ChangeLink(netlink!, before!, created, options, undo);
        ApplyOwnership(control, name, before?.Tun, plan, undo);
    }

    private static void ChangeLink(
        RouteNetlink netlink, Link before, bool created, DeviceOptions options, UndoStack undo)
    {
        LinkChange change = new()
        {
            Address = options.Mac is MacAddress mac ? ToHardwareAddress(mac) : null,
            Mtu = options.Mtu,
            TransmitQueueLength = options.TransmitQueueLength,
        };
        if (!created)
        {
            // Before the change: the kernel may have applied a part of what it then refuses.
            LinkChange back = new()
            {
                Address = change.Address is null ? null : before.Address,
                Mtu = change.Mtu is null ? null : before.Mtu,
                TransmitQueueLength = change.TransmitQueueLength is null ? null : before.TransmitQueueLength,
            };
            NetworkNamespace? home = options.Namespace;
            undo.Push(() =>
            {
                using RouteNetlink again = OpenNetlink(home);
                again.Links.Change(before.Index, back);
            });
        }

        netlink.Links.Change(before.Index, change);
    }

    // An owner or group can be changed but never unset (-1 is refused), so these come last, persistence at the very
    // end.
    private static void ApplyOwnership(
        FileDescriptor control, string name, TunLinkInfo? before, DevicePlan plan, UndoStack undo)
    {
        if (plan.Owner is uint owner)
        {
            DeviceErrors.ThrowIfRefused(TunControl.TrySetOwner(control, owner), "TUNSETOWNER", name);
            if (before?.Owner is uint ownerBefore)
                undo.Push(() => _ = TunControl.TrySetOwner(control, ownerBefore));
        }

        if (plan.Group is uint group)
        {
            DeviceErrors.ThrowIfRefused(TunControl.TrySetGroup(control, group), "TUNSETGROUP", name);
            if (before?.Group is uint groupBefore)
                undo.Push(() => _ = TunControl.TrySetGroup(control, groupBefore));
        }

        if (plan.Options.Persistent is bool persistent)
            DeviceErrors.ThrowIfRefused(TunControl.TrySetPersistent(control, persistent), "TUNSETPERSIST", name);
    }

    private static bool NeedsNetlink(DevicePlan plan, bool created) =>
        HasLinkChange(plan.Options) ||
        (!created && (plan.Owner is not null || plan.Group is not null || plan.Options.LinkType is not null));

    private static bool HasLinkChange(DeviceOptions options) =>
        options.Mac is not null || options.Mtu is not null || options.TransmitQueueLength is not null;

    internal static HardwareAddress ToHardwareAddress(MacAddress mac)
    {
        Span<byte> bytes = stackalloc byte[MacAddress.Size];
        mac.CopyTo(bytes);
        return new HardwareAddress(bytes);
    }

    private static RouteNetlink OpenNetlink(NetworkNamespace? home) =>
        home is null ? RouteNetlink.Open() : RouteNetlink.Open(home);
}
