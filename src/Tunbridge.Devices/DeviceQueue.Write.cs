// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Packets;

namespace Tunbridge.Devices;

public sealed partial class DeviceQueue
{
    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> packet, in GsoInfo gso = default)
    {
        Errno errno = WriteOne(packet, gso, etherType: 0);
        if (errno != Errno.None)
        {
            Refusals.Add(Status(errno));
            throw DeviceErrors.Refused(errno, "write", Card);
        }
    }

    /// <inheritdoc/>
    public PacketWriteStatus TryWrite(ReadOnlySpan<byte> packet, in GsoInfo gso = default) =>
        TryWrite(packet, etherType: 0, gso);

    /// <summary>Writes one packet under a protocol number of its own, on a card with packet information.</summary>
    /// <param name="packet">The packet; not kept. May be empty.</param>
    /// <param name="etherType">
    /// The protocol; 0 derives it from the packet. Without packet information it is ignored.
    /// </param>
    /// <param name="gso">How it is to be cut.</param>
    /// <returns>What became of it.</returns>
    public PacketWriteStatus TryWrite(ReadOnlySpan<byte> packet, ushort etherType, in GsoInfo gso = default)
    {
        PacketWriteStatus status = Status(WriteOne(packet, gso, etherType));
        Refusals.Add(status);
        return status;
    }

    /// <inheritdoc/>
    public int Write(PacketBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ObjectDisposedException.ThrowIf(IsClosed, this);
        int written = 0;
        using FileDescriptor.Borrow borrow = new(Descriptor);
        foreach (ref readonly Packet packet in batch)
            written += WriteInPlace(borrow, packet) == PacketWriteStatus.Written ? 1 : 0;
        return written;
    }

    /// <summary>Writes a packet of a batch, its header put into its headroom.</summary>
    /// <param name="borrow">The queue's descriptor, kept open by the caller for a run of packets.</param>
    /// <param name="packet">The packet; unchanged.</param>
    internal PacketWriteStatus WriteInPlace(in FileDescriptor.Borrow borrow, in Packet packet)
    {
        PacketFormat format = _format;
        GsoInfo gso = packet.Gso;
        bool cuts = MustCut(format, gso);
        Errno errno = Errno.None;
        if (!cuts)
        {
            Span<byte> whole = packet.SpanWithHeadroom(format.Prefix);
            format.Write(whole[..format.Prefix], whole[format.Prefix..], gso, packet.EtherType);
            errno = borrow.Write(whole, out _);
            cuts = errno == Errno.EINVAL && gso.IsSuperpacket;
        }

        if (cuts)
            errno = WriteCut(borrow, format, packet.Span, gso, errno);
        PacketWriteStatus status = Status(errno);
        Refusals.Add(status);
        return status;
    }

    private Errno WriteOne(ReadOnlySpan<byte> packet, in GsoInfo gso, ushort etherType)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        using FileDescriptor.Borrow borrow = new(Descriptor);
        return WriteOne(borrow, _format, packet, gso, etherType);
    }

    private Errno WriteOne(
        in FileDescriptor.Borrow borrow, PacketFormat format, ReadOnlySpan<byte> packet, in GsoInfo gso, ushort etherType)
    {
        if (MustCut(format, gso))
            return WriteCut(borrow, format, packet, gso, Errno.None);
        if (format.Prefix == 0)
            return borrow.Write(packet, out _);
        Span<byte> prefix = stackalloc byte[PacketFormat.MaximumPrefix];
        prefix = prefix[..format.Prefix];
        format.Write(prefix, packet, gso, etherType);
        Errno errno = borrow.Write(prefix, packet, out _);
        return errno == Errno.EINVAL && gso.IsSuperpacket
            ? WriteCut(borrow, format, packet, gso, errno)
            : errno;
    }

    private static PacketWriteStatus Status(Errno errno) => errno switch
    {
        Errno.None => PacketWriteStatus.Written,
        Errno.EINVAL => PacketWriteStatus.Malformed,
        Errno.EIO => PacketWriteStatus.LinkDown,
        Errno.EAGAIN or Errno.ENOBUFS or Errno.ENOMEM => PacketWriteStatus.QueueFull,
        Errno.EBADFD => PacketWriteStatus.Gone,
        _ => PacketWriteStatus.Refused,
    };
}
