// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Tunbridge.Linux;
using Tunbridge.Packets;

namespace Tunbridge.Devices;

/// <summary>Options judged and translated, before anything is touched.</summary>
internal sealed record DevicePlan
{
    private const int MaximumQueues = 256;

    internal required DeviceLayer Layer { get; init; }

    internal required DeviceOptions Options { get; init; }

    internal required string Name { get; init; }

    internal required TunFlags Flags { get; init; }

    internal required int VirtioSize { get; init; }

    internal required uint? Owner { get; init; }

    internal required uint? Group { get; init; }

    internal required bool AttachOnly { get; init; }

    internal static DevicePlan Make(DeviceLayer layer, DeviceOptions options, bool attachOnly)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (attachOnly)
            InterfaceName.ThrowIfMistaken(options.Name!);
        else if (!string.IsNullOrEmpty(options.Name))
            InterfaceName.ThrowIfMistaken(options.Name, allowTemplate: true);
        if (attachOnly)
            RefusePrivileged(options);
        ThrowIfOutside(options.Queues, 1, MaximumQueues, nameof(options.Queues));
        ThrowIfImpossible(layer, options);
        bool virtio = options.VirtioHeader || options.Offload != Offload.None;
        if (options.VirtioHeaderSize is not (10 or 12 or 20 or 24))
        {
            throw new ArgumentException(
                $"A virtio header has 10, 12, 20 or 24 bytes, not {options.VirtioHeaderSize}.", nameof(options));
        }

        return new()
        {
            Layer = layer,
            Options = options,
            Name = options.Name ?? "",
            Flags = MakeFlags(layer, options, virtio),
            VirtioSize = virtio ? options.VirtioHeaderSize : 0,
            Owner = Resolve(options.Owner, "user", UserDatabase.FindUserId),
            Group = Resolve(options.Group, "group", UserDatabase.FindGroupId),
            AttachOnly = attachOnly,
        };
    }

    private static TunFlags MakeFlags(DeviceLayer layer, DeviceOptions options, bool virtio)
    {
        TunFlags flags = layer == DeviceLayer.Frame ? TunFlags.Tap : TunFlags.Tun;
        if (!options.PacketInformation)
            flags |= TunFlags.NoPacketInformation;
        if (virtio)
            flags |= TunFlags.VirtioHeader;
        if (options.MultiQueue || options.Queues > 1)
            flags |= TunFlags.MultiQueue;
        if (options.Napi)
            flags |= TunFlags.Napi;
        if (options.NapiFragments)
            flags |= TunFlags.NapiFragments;
        if (options.NoCarrier)
            flags |= TunFlags.NoCarrier;
        return flags;
    }

    private static void RefusePrivileged(DeviceOptions options)
    {
        string? option =
            options.Owner is not null ? nameof(options.Owner) :
            options.Group is not null ? nameof(options.Group) :
            options.Exclusive ? nameof(options.Exclusive) :
            options.InterfaceIndex is not null ? nameof(options.InterfaceIndex) :
            options.LinkType is not null ? nameof(options.LinkType) :
            options.Mac is not null ? nameof(options.Mac) :
            options.Mtu is not null ? nameof(options.Mtu) :
            options.TransmitQueueLength is not null ? nameof(options.TransmitQueueLength) :
            options.NapiFragments ? nameof(options.NapiFragments) :
            null;
        if (option is not null)
        {
            throw new ArgumentException(
                $"Attaching makes no privileged call, so {option} cannot be set; use Create.", nameof(options));
        }
    }

    private static uint? Resolve(string? text, string kind, Func<string, uint?> find)
    {
        if (text is null)
            return null;
        // A name of digits only is legal; it wins over the number, as in chown(1).
        if (find(text) is uint id)
            return id;
        if (uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) &&
            number != uint.MaxValue)
            return number;
        throw new ArgumentException($"There is no {kind} '{text}': give a name that exists or a number.");
    }

    private static void ThrowIfImpossible(DeviceLayer layer, DeviceOptions options)
    {
        const int MinimumMtu = 68;
        int maximumMtu = layer == DeviceLayer.Frame ? 65521 : 65535;
        ThrowIfOutside(options.Mtu ?? MinimumMtu, MinimumMtu, maximumMtu, nameof(options.Mtu));
        ThrowIfOutside(options.TransmitQueueLength ?? 0, 0, int.MaxValue, nameof(options.TransmitQueueLength));
        if (options.Mac is not MacAddress mac)
            return;
        if (layer != DeviceLayer.Frame)
            throw new ArgumentException("A TUN has no MAC address; a TAP has one.", nameof(options));
        if (mac.IsMulticast || mac.IsZero)
        {
            throw new ArgumentException(
                $"{mac} is no address of a card: it must be unicast and not zero.", nameof(options));
        }
    }

    private static void ThrowIfOutside(int value, int minimum, int maximum, string option)
    {
        if (value < minimum || value > maximum)
            throw new ArgumentException($"{option} is {value}; allowed are {minimum} to {maximum}.");
    }
}
