// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Netlink;
using Tunbridge.Packets;

namespace Tunbridge.Devices;

/// <summary>Opens cards: node, TUNSETIFF, settings; undoes in reverse when a step is refused.</summary>
internal static partial class DeviceOpener
{
    internal static DeviceSetup Create(DeviceLayer layer, DeviceOptions options)
    {
        DevicePlan plan = DevicePlan.Make(layer, options, attachOnly: false);
        return Open(plan);
    }

    internal static DeviceSetup Attach(DeviceLayer layer, string name, DeviceOptions options)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (options.Name is not null && options.Name != name)
            throw new ArgumentException($"Two names were given: '{name}' and '{options.Name}'.", nameof(options));
        DevicePlan plan = DevicePlan.Make(layer, options with { Name = name }, attachOnly: true);
        return Open(plan);
    }

    /// <summary>Attaches to a card as what it is.</summary>
    internal static DeviceSetup Attach(string name, DeviceOptions options)
    {
        InterfaceName.ThrowIfMistaken(name);
        TunLinkInfo card = AttachDiagnosis.RequireTun(name, options.Namespace);
        DeviceLayer layer = card.IsTap ? DeviceLayer.Frame : DeviceLayer.Packet;
        return Attach(layer, name, options with { MultiQueue = card.IsMultiQueue });
    }

    internal static DeviceSetup Wrap(FileDescriptor descriptor, bool? packetInformation, DeviceLayer? wanted = null)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        TunInterface card = TunControl.TryGetInterface(descriptor, out Errno errno);
        if (errno != Errno.None)
        {
            throw LinuxException.Create(errno, "TUNGETIFF", $"descriptor {descriptor.Number}", null, errno == Errno.EBADFD
                ? "The descriptor is of the TUN/TAP driver but attached to no card: attach it with TUNSETIFF first."
                : "The descriptor is none of the TUN/TAP driver: open /dev/net/tun and attach it to a card.");
        }

        DeviceLayer layer = (card.Flags & TunFlags.Tap) != 0 ? DeviceLayer.Frame : DeviceLayer.Packet;
        if (wanted is not null && wanted != layer)
        {
            throw new ArgumentException(
                $"The descriptor is attached to {card.Name}, which is a {(layer == DeviceLayer.Frame ? "TAP" : "TUN")}.",
                nameof(descriptor));
        }

        int virtioSize = 0;
        if ((card.Flags & TunFlags.VirtioHeader) != 0)
        {
            DeviceErrors.ThrowIfRefused(
                TunControl.TryGetVirtioHeaderSize(descriptor, out virtioSize), "TUNGETVNETHDRSZ", card.Name);
        }

        bool hasInformation = packetInformation ?? HasPacketInformation(descriptor, card.Name);
        PacketFormat format = new(layer, hasInformation, virtioSize, ReadByteOrder(descriptor));
        descriptor.SetNonBlocking(true);
        return new()
        {
            Layer = layer,
            Queues = [new DeviceQueue(descriptor, card.Name, format, Superpackets(descriptor, format, isNew: false))],
            // The kernel does not tell the mask; whoever attached the descriptor knows it.
            Offload = Offload.None,
            WasCreated = false,
            ClonePath = TunControl.ClonePath,
        };
    }

    /// <summary>Opens a further queue of an open multi-queue card.</summary>
    internal static DeviceQueue OpenQueue(VirtualDevice device, TunInterface card, string clonePath)
    {
        FileDescriptor descriptor;
        // Without CAP_NET_ADMIN the kernel does not tell; then the caller's namespace is the best guess.
        using (NetworkNamespace? home = device.TryGetNamespace())
            descriptor = OpenNode(home, clonePath);
        try
        {
            const TunFlags NotAsked = TunFlags.Persistent | TunFlags.DetachQueue | TunFlags.NoPacketInformation;
            TunFlags flags = (card.Flags & ~NotAsked) |
                (device.HasPacketInformation ? 0 : TunFlags.NoPacketInformation);
            Errno errno = TunControl.TrySetInterface(descriptor, card.Name, flags, out _);
            if (errno != Errno.None)
                throw AttachDiagnosis.Explain(errno, card.Name, flags, null);
            return new DeviceQueue(descriptor, card.Name, device.FirstFormat, device.Superpackets);
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    /// <summary>The order the virtio headers of a card have now.</summary>
    internal static bool ReadByteOrder(FileDescriptor descriptor)
    {
        if (TunControl.TryGetVirtioLittleEndian(descriptor, out bool little) == Errno.None && little)
            return true;
        // EINVAL: the kernel has no big-endian headers at all.
        if (TunControl.TryGetVirtioBigEndian(descriptor, out bool big) == Errno.None && big)
            return false;
        return BitConverter.IsLittleEndian;
    }

    private static DeviceSetup Open(DevicePlan plan)
    {
        UndoStack undo = new();
        try
        {
            (List<FileDescriptor> descriptors, string name, bool created) = OpenQueues(plan, undo);
            FileDescriptor control = descriptors[0];
            Offload granted = SetFormat(control, name, plan);
            ApplySettings(control, name, created, plan, undo);
            PacketFormat format = new(
                plan.Layer, plan.Options.PacketInformation, plan.VirtioSize, littleEndian: true);
            SuperpacketKinds superpackets = Superpackets(control, format, created);
            return new()
            {
                Layer = plan.Layer,
                Queues = descriptors.ConvertAll(d => new DeviceQueue(d, name, format, superpackets)),
                Offload = granted,
                WasCreated = created,
                ClonePath = plan.Options.ClonePath,
            };
        }
        catch
        {
            undo.Run();
            throw;
        }
    }

    private static (List<FileDescriptor> Descriptors, string Name, bool Created) OpenQueues(
        DevicePlan plan, UndoStack undo)
    {
        DeviceOptions options = plan.Options;
        List<FileDescriptor> descriptors = [];
        int? expectedIndex = plan.AttachOnly ? AttachDiagnosis.RequireCard(plan.Name, options.Namespace) : null;
        string name = plan.Name;
        bool created = false;
        for (int i = 0; i < options.Queues; i++)
        {
            FileDescriptor descriptor = OpenNode(options.Namespace, options.ClonePath);
            descriptors.Add(descriptor);
            undo.Push(descriptor.Dispose);
            if (i == 0)
                created = SetFirst(descriptor, plan, out name);
            else
                ThrowIfRefused(TunControl.TrySetInterface(descriptor, name, plan.Flags, out _), name, plan);
        }

        if (expectedIndex is not null)
            AttachDiagnosis.RequireIndex(plan.Name, options.Namespace, expectedIndex.Value);
        return (descriptors, name, created);
    }

    // Tried with IFF_TUN_EXCL first: the kernel then tells a card it has made from one that was there.
    private static bool SetFirst(FileDescriptor descriptor, DevicePlan plan, out string name)
    {
        SetIndex(descriptor, plan);
        Errno errno;
        if (!plan.AttachOnly)
        {
            errno = TunControl.TrySetInterface(descriptor, plan.Name, plan.Flags | TunFlags.Exclusive, out name);
            if (errno == Errno.None)
                return true;
            if (errno != Errno.EBUSY || plan.Options.Exclusive)
                ThrowIfRefused(errno, plan.Name, plan);
        }

        // A refused TUNSETIFF forgets the index, and another index than the wished one would come unnoticed.
        SetIndex(descriptor, plan);
        errno = TunControl.TrySetInterface(descriptor, plan.Name, plan.Flags, out name);
        ThrowIfRefused(errno, plan.Name, plan);
        return false;
    }

    private static void SetIndex(FileDescriptor descriptor, DevicePlan plan)
    {
        if (plan.Options.InterfaceIndex is int index)
        {
            DeviceErrors.ThrowIfRefused(
                TunControl.TrySetInterfaceIndex(descriptor, index), "TUNSETIFINDEX", plan.Name);
        }
    }

    private static void ThrowIfRefused(Errno errno, string name, DevicePlan plan)
    {
        if (errno != Errno.None)
        {
            throw AttachDiagnosis.Explain(
                errno, name, plan.Flags | (plan.Options.Exclusive ? TunFlags.Exclusive : 0), plan.Options);
        }
    }

    // Mask, size and order outlive the descriptor on a persistent card, so that all three are set at every attach.
    private static Offload SetFormat(FileDescriptor control, string name, DevicePlan plan)
    {
        if (plan.VirtioSize != 0)
        {
            DeviceErrors.ThrowIfRefused(
                TunControl.TrySetVirtioHeaderSize(control, plan.VirtioSize), "TUNSETVNETHDRSZ", name);
            DeviceErrors.ThrowIfRefused(TunControl.TrySetVirtioLittleEndian(control, true), "TUNSETVNETLE", name);
        }

        Errno errno = Errno.EINVAL;
        foreach (Offload candidate in OffloadCandidates(GsoSwitch.IsOff ? Offload.None : plan.Options.Offload))
        {
            errno = TunControl.TrySetOffload(control, (TunOffload)candidate);
            if (errno == Errno.None)
                return candidate;
            if (errno != Errno.EINVAL)
                break;
        }

        throw DeviceErrors.Refused(errno, "TUNSETOFFLOAD", name);
    }

    // A card that was there may be up, and nothing is sent into other people's networks to find out: there the first
    // superpacket written tells.
    private static SuperpacketKinds Superpackets(FileDescriptor control, PacketFormat format, bool isNew)
    {
        if (GsoSwitch.IsOff)
            return new SuperpacketKinds(SuperpacketKinds.Cuttable);
        return new SuperpacketKinds(isNew && format.VirtioSize != 0 ? SuperpacketProbe.Refused(control, format) : 0);
    }

    // Found by use, never by version: everything wished, without UDP, without ECN, checksums, nothing.
    private static IEnumerable<Offload> OffloadCandidates(Offload wish)
    {
        const Offload UdpBits = Offload.Udp & ~Offload.Checksum;
        const Offload EcnBit = Offload.TcpEcn & ~Offload.Tcp;
        yield return wish;
        yield return wish & ~UdpBits;
        yield return wish & ~UdpBits & ~EcnBit;
        yield return wish & Offload.Checksum;
        yield return Offload.None;
    }

    private static FileDescriptor OpenNode(NetworkNamespace? home, string path) =>
        home is null ? TunControl.Open(path) : home.Run(() => TunControl.Open(path));

    // TUNGETIFF cannot tell: the bit of "no packet information" is also that of "no filter attached".
    private static bool HasPacketInformation(FileDescriptor descriptor, string card)
    {
        _ = TunControl.TryGetNamespace(descriptor, out NetworkNamespace? home);
        using (home)
        using (RouteNetlink netlink = VirtualDevice.OpenNetlink(home))
            return netlink.Links.TryGet(card)?.Tun?.HasPacketInformation ?? false;
    }
}
