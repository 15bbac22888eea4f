// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Packets;

namespace Tunbridge.Devices;

public sealed partial class DeviceQueue
{
    /// <summary>Writes every group of a coalescer in order, each in one system call.</summary>
    /// <param name="coalescer">
    /// The groups; unchanged, except that a kind the kernel refuses while it takes the packets singly is
    /// <see cref="Coalescer.Disable">disabled</see>. A card without virtio header gets single packets, complete ones.
    /// </param>
    /// <returns>How many packets were taken; the others are counted in <see cref="Refusals"/>.</returns>
    /// <exception cref="ArgumentException">The coalescer is for cards of the other layer.</exception>
    public int Write(Coalescer coalescer) => Write(coalescer, null);

    /// <summary>Does the same, and counts what is refused in the caller's own counts too.</summary>
    internal int Write(Coalescer coalescer, PacketRefusals? own)
    {
        ArgumentNullException.ThrowIfNull(coalescer);
        ObjectDisposedException.ThrowIf(IsClosed, this);
        PacketFormat format = _format;
        if (coalescer.Layer != format.Layer)
        {
            throw new ArgumentException(
                $"The coalescer is for {coalescer.Layer}s; {Card} carries {format.Layer}s.", nameof(coalescer));
        }

        int written = 0;
        Span<byte> prefix = stackalloc byte[PacketFormat.MaximumPrefix + Segmenter.MaximumHeaderLength];
        using FileDescriptor.Borrow borrow = new(Descriptor);
        foreach (CoalescedGroup group in coalescer)
        {
            if (group.PacketCount > 1 && MustCut(format, group.Gso))
            {
                written += WriteSingly(borrow, format, prefix, group, own);
                continue;
            }

            Errno errno = group.PacketCount > 1
                ? WriteGroup(borrow, format, prefix, group)
                : WriteOne(borrow, format, group.Slab[group.Slices[0]], group.Gso, etherType: 0);
            if (errno == Errno.None)
            {
                written += group.PacketCount;
            }
            else if (errno == Errno.EINVAL && group.PacketCount > 1)
            {
                // Kernels differ in the superpackets they take, and only trying tells.
                int taken = WriteSingly(borrow, format, prefix, group, own);
                written += taken;
                if (taken != 0)
                {
                    coalescer.Disable(group.Gso.Kind);
                    Superpackets.TurnOff(group.Gso.Kind);
                }
            }
            else
            {
                for (int i = 0; i < group.PacketCount; i++)
                    Refuse(Status(errno), own);
            }
        }

        return written;
    }

    private static Errno WriteGroup(
        in FileDescriptor.Borrow borrow, PacketFormat format, Span<byte> prefix, scoped in CoalescedGroup group)
    {
        format.Write(prefix[..format.Prefix], group.Headers, group.Gso, etherType: 0);
        group.Headers.CopyTo(prefix[format.Prefix..]);
        return borrow.Write(prefix[..(format.Prefix + group.Headers.Length)], group.Slab, group.Slices, out _);
    }

    private int WriteSingly(
        in FileDescriptor.Borrow borrow, PacketFormat format, Span<byte> prefix, scoped in CoalescedGroup group,
        PacketRefusals? own)
    {
        int written = 0;
        prefix = prefix[..format.Prefix];
        foreach (Range range in group.GetPackets())
        {
            ReadOnlySpan<byte> packet = group.Slab[range];
            format.Write(prefix, packet, default, etherType: 0);
            Errno errno = borrow.Write(prefix, packet, out _);
            if (errno == Errno.None)
                written++;
            else
                Refuse(Status(errno), own);
        }

        return written;
    }

    private void Refuse(PacketWriteStatus status, PacketRefusals? own)
    {
        Refusals.Add(status);
        own?.Add(status);
    }
}
