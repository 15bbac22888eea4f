// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;

namespace Tunbridge.Devices;

/// <summary>Settings after the attach, those that cannot be taken back last.</summary>
internal static partial class DeviceOpener
{
    private static void ApplySettings(FileDescriptor control, string name, bool created, DevicePlan plan, UndoStack undo)
    {
        DeviceOptions options = plan.Options;
        if (options.LinkType is ushort type)
            DeviceErrors.ThrowIfRefused(TunControl.TrySetLinkType(control, type), "TUNSETLINK", name);
        if (options.SendBuffer is int bytes)
        {
            _ = TunControl.TryGetSendBuffer(control, out int before);
            DeviceErrors.ThrowIfRefused(TunControl.TrySetSendBuffer(control, bytes), "TUNSETSNDBUF", name);
            undo.Push(() => _ = TunControl.TrySetSendBuffer(control, before));
        }

        if (plan.Owner is uint owner)
            DeviceErrors.ThrowIfRefused(TunControl.TrySetOwner(control, owner), "TUNSETOWNER", name);
        if (plan.Group is uint group)
            DeviceErrors.ThrowIfRefused(TunControl.TrySetGroup(control, group), "TUNSETGROUP", name);
        if (options.Persistent is bool persistent)
            DeviceErrors.ThrowIfRefused(TunControl.TrySetPersistent(control, persistent), "TUNSETPERSIST", name);
    }
}
