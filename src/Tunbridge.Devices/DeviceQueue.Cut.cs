// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using Tunbridge.Linux;
using Tunbridge.Packets;

namespace Tunbridge.Devices;

/// <summary>What the kernel does not take as it is described is cut into segments, or its checksum finished, here.</summary>
public sealed partial class DeviceQueue
{
    /// <summary>Which superpackets go to the kernel whole; the same for all queues of the card.</summary>
    public SuperpacketKinds Superpackets { get; }

    // A card without virtio header takes single packets with finished checksums only.
    private bool MustCut(PacketFormat format, in GsoInfo gso) =>
        !format.CanDescribe(gso) || (gso.IsSuperpacket && !Superpackets.Takes(gso.Kind));

    /// <summary>Writes a packet in segments when it must be cut, or turns out to have to.</summary>
    /// <param name="borrow">The descriptor.</param>
    /// <param name="format">What stands before packets.</param>
    /// <param name="packet">The packet; unchanged, as who wrote it may write it elsewhere, too.</param>
    /// <param name="gso">How to cut it.</param>
    /// <param name="whole">What the kernel answered to the whole; None when it was not asked.</param>
    /// <returns>None when every segment was taken; else the kernel's answer to the whole, or to a segment.</returns>
    private Errno WriteCut(
        in FileDescriptor.Borrow borrow, PacketFormat format, ReadOnlySpan<byte> packet, in GsoInfo gso, Errno whole)
    {
        byte[] copy = ArrayPool<byte>.Shared.Rent(format.Prefix + packet.Length);
        Span<byte> buffer = copy.AsSpan(0, format.Prefix + packet.Length);
        packet.CopyTo(buffer[format.Prefix..]);
        Errno errno = CutInPlace(borrow, format, buffer, gso, whole);
        ArrayPool<byte>.Shared.Return(copy);
        return errno;
    }

    private Errno CutInPlace(
        in FileDescriptor.Borrow borrow, PacketFormat format, Span<byte> buffer, in GsoInfo gso, Errno whole)
    {
        if (!Segmenter.TryStart(buffer, format.Prefix, format.Layer, gso, out Segmenter segmenter, out _))
            return whole == Errno.None ? Errno.EINVAL : whole;
        if (whole != Errno.None && !IsBeyondDoubt(segmenter, gso))
            return whole;
        Errno result = Errno.None;
        bool anyTaken = false;
        while (segmenter.TryNext(out Span<byte> segment, format.Prefix))
        {
            format.Write(segment[..format.Prefix], segment[format.Prefix..], default, etherType: 0);
            Errno errno = borrow.Write(segment, out _);
            anyTaken |= errno == Errno.None;
            if (errno != Errno.None)
                result = errno;
        }

        if (whole != Errno.None && anyTaken)
            Superpackets.TurnOff(gso.Kind);
        if (anyTaken && gso.IsSuperpacket)
            Superpackets.AddCut();
        return result;
    }

    // EINVAL is also the answer to a description that does not fit its packet, which whoever made the packet may have
    // done on purpose: only what every kernel should take tells of the kernel. ECN is TCP's.
    private static bool IsBeyondDoubt(in Segmenter segmenter, in GsoInfo gso) =>
        gso.NeedsChecksum && !gso.HasEcn && gso.HeaderLength == segmenter.HeaderLength &&
        segmenter.Count is > 1 and <= Coalescer.MaximumSegments;
}
