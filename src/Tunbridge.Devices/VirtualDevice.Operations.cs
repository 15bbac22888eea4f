// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;

namespace Tunbridge.Devices;

/// <summary>One method for each ioctl on the card.</summary>
public abstract partial class VirtualDevice
{
    /// <summary>The card's name and flags (TUNGETIFF).</summary>
    /// <exception cref="LinuxException">EBADFD: the card is gone.</exception>
    public TunInterface GetInterface()
    {
        TunInterface card = TunControl.TryGetInterface(Control, out Errno errno);
        Check(errno, "TUNGETIFF");
        return card;
    }

    /// <summary>
    /// Keeps the card when its last descriptor closes, or not (TUNSETPERSIST). Needs no privilege once attached.
    /// </summary>
    /// <param name="persistent">Whether it stays.</param>
    /// <exception cref="LinuxException">The card is gone.</exception>
    /// <remarks>
    /// A persistent card with neither owner nor group may be attached to by every user who can open the node.
    /// </remarks>
    public void SetPersistent(bool persistent) => Check(TunControl.TrySetPersistent(Control, persistent), "TUNSETPERSIST");

    /// <summary>Lets a user attach without privilege (TUNSETOWNER). It cannot be unset, only changed.</summary>
    /// <param name="userId">The user's number.</param>
    /// <exception cref="LinuxException">EINVAL: the number has no meaning here.</exception>
    public void SetOwner(uint userId) => Check(TunControl.TrySetOwner(Control, userId), "TUNSETOWNER");

    /// <summary>Lets a group attach without privilege (TUNSETGROUP); with an owner set, both must match.</summary>
    /// <param name="groupId">The group's number.</param>
    /// <exception cref="LinuxException">EINVAL: the number has no meaning here.</exception>
    public void SetGroup(uint groupId) => Check(TunControl.TrySetGroup(Control, groupId), "TUNSETGROUP");

    /// <summary>Bytes that written packets may occupy in the kernel at once (TUNGETSNDBUF).</summary>
    /// <exception cref="LinuxException">The card is gone.</exception>
    public int GetSendBuffer()
    {
        Check(TunControl.TryGetSendBuffer(Control, out int bytes), "TUNGETSNDBUF");
        return bytes;
    }

    /// <summary>Limits what written packets may occupy in the kernel at once (TUNSETSNDBUF).</summary>
    /// <param name="bytes">1 or more.</param>
    /// <exception cref="LinuxException">EINVAL: 0 or less.</exception>
    public void SetSendBuffer(int bytes) => Check(TunControl.TrySetSendBuffer(Control, bytes), "TUNSETSNDBUF");

    /// <summary>Sets exactly what readers take unfinished (TUNSETOFFLOAD), for every queue of the card.</summary>
    /// <param name="offload">The mask; other bits of TUN_F_* may be cast in.</param>
    /// <exception cref="InvalidOperationException">
    /// The card has no virtio header: readers could not tell what they got.
    /// </exception>
    /// <exception cref="LinuxException">
    /// EINVAL: this kernel does not know a bit, or bits are missing that it depends on.
    /// </exception>
    public void SetOffload(Offload offload)
    {
        if (offload != Offload.None && VirtioHeaderSize == 0)
        {
            throw new InvalidOperationException(
                $"{Name} has no virtio header, so its reader would get superpackets without a description; " +
                "create it with VirtioHeader.");
        }

        Check(TunControl.TrySetOffload(Control, (TunOffload)offload), "TUNSETOFFLOAD");
        Offload = offload;
    }

    /// <summary>Sets the size of the virtio header (TUNSETVNETHDRSZ), for every queue of the card.</summary>
    /// <param name="bytes">10, 12, 20 or 24. No read should be under way: its packet may have the old size.</param>
    /// <exception cref="LinuxException">EINVAL: less than 10.</exception>
    public void SetVirtioHeaderSize(int bytes)
    {
        // The kernel takes more; what is longer than 24 has no meaning and no room in a packet's headroom.
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, Packets.VirtioNetHeader.MaximumSize);
        ThrowWithoutVirtioHeader();
        Check(TunControl.TrySetVirtioHeaderSize(Control, bytes), "TUNSETVNETHDRSZ");
        ChangeFormat(f => new PacketFormat(f.Layer, f.HasInformation, bytes, f.LittleEndian));
    }

    /// <summary>Makes virtio headers little-endian, or the machine's own order again (TUNSETVNETLE).</summary>
    /// <param name="littleEndian">Which.</param>
    /// <exception cref="LinuxException">The card is gone.</exception>
    public void SetVirtioLittleEndian(bool littleEndian)
    {
        Check(TunControl.TrySetVirtioLittleEndian(Control, littleEndian), "TUNSETVNETLE");
        ReadByteOrder();
    }

    /// <summary>Makes virtio headers big-endian, or the machine's own order again (TUNSETVNETBE).</summary>
    /// <param name="bigEndian">Which.</param>
    /// <exception cref="LinuxException">EINVAL: the kernel was built without it.</exception>
    public void SetVirtioBigEndian(bool bigEndian)
    {
        Check(TunControl.TrySetVirtioBigEndian(Control, bigEndian), "TUNSETVNETBE");
        ReadByteOrder();
    }

    /// <summary>Whether virtio headers are little-endian.</summary>
    public bool IsVirtioLittleEndian => _queues[0].Format.LittleEndian;

    /// <summary>Turns the card's carrier on or off (TUNSETCARRIER), as if a cable were pulled.</summary>
    /// <param name="on">Which.</param>
    /// <exception cref="LinuxException">EPERM: no queue is attached.</exception>
    public void SetCarrier(bool on) => Check(TunControl.TrySetCarrier(Control, on), "TUNSETCARRIER");

    /// <summary>Sets the ARPHRD type of a card that is down (TUNSETLINK).</summary>
    /// <param name="linkType">The type, 1 for Ethernet, 65534 for none.</param>
    /// <exception cref="LinuxException">EBUSY: the card is up.</exception>
    public void SetLinkType(ushort linkType) => Check(TunControl.TrySetLinkType(Control, linkType), "TUNSETLINK");

    /// <summary>The network namespace that the card is in (TUNGETDEVNETNS).</summary>
    /// <returns>The namespace, owned by the caller.</returns>
    /// <exception cref="LinuxException">EPERM without CAP_NET_ADMIN.</exception>
    public NetworkNamespace GetNamespace()
    {
        Check(TunControl.TryGetNamespace(Control, out NetworkNamespace? result), "TUNGETDEVNETNS");
        return result!;
    }

    /// <summary>The card's namespace, or null where the kernel does not tell (EPERM).</summary>
    internal NetworkNamespace? TryGetNamespace()
    {
        _ = TunControl.TryGetNamespace(Control, out NetworkNamespace? result);
        return result;
    }

    private void Check(Errno errno, string operation)
    {
        if (errno != Errno.None)
            throw DeviceErrors.Refused(errno, operation, Name);
    }

    private void ThrowWithoutVirtioHeader()
    {
        if (VirtioHeaderSize == 0)
            throw new InvalidOperationException($"{Name} has no virtio header; create it with VirtioHeader.");
    }

    private void ReadByteOrder()
    {
        bool littleEndian = DeviceOpener.ReadByteOrder(Control);
        ChangeFormat(f => new PacketFormat(f.Layer, f.HasInformation, f.VirtioSize, littleEndian));
    }

    private void ChangeFormat(Func<PacketFormat, PacketFormat> change)
    {
        lock (_lock)
        {
            foreach (DeviceQueue queue in _queues)
                queue.Format = change(queue.Format);
        }
    }
}
