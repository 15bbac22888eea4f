// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

public sealed unsafe partial class ReadRing
{
    private const uint Needed =
        Libc.IORING_FEAT_SINGLE_MMAP | Libc.IORING_FEAT_NODROP | Libc.IORING_FEAT_RW_CUR_POS;

    /// <summary>Opens a ring for a descriptor.</summary>
    /// <param name="descriptor">
    /// What is to be read. The ring keeps its file open until the ring is disposed, whatever becomes of the descriptor.
    /// </param>
    /// <param name="maximum">The most bytes that one read takes.</param>
    /// <param name="errno">
    /// Why there is none: ENOSYS, EPERM where a seccomp filter or kernel.io_uring_disabled refuses, EOPNOTSUPP on a kernel
    /// before 5.6, EMFILE, ENOMEM.
    /// </param>
    /// <returns>The ring, or null when refused.</returns>
    /// <exception cref="ObjectDisposedException">The descriptor is closed.</exception>
    public static ReadRing? TryOpen(FileDescriptor descriptor, int maximum, out Errno errno)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximum, 1);
        Libc.AssertPlatform();
        using FileDescriptor.Borrow borrow = new(descriptor);
        Libc.io_uring_params parameters = default;
        int number = Libc.io_uring_setup(Depth, &parameters);
        if (number < 0)
        {
            errno = Libc.LastErrno;
            return null;
        }

        FileDescriptor ring = new(number);
        MemoryMapping? queues = null, entries = null, slots = null;
        int stride = (maximum + Padding + Padding - 1) & -Padding;
        errno = (parameters.features & Needed) == Needed ? Errno.None : Errno.EOPNOTSUPP;
        if (errno == Errno.None)
            queues = MemoryMapping.TryShare(ring, Libc.IORING_OFF_SQ_RING, QueuesLength(parameters), out errno);
        if (errno == Errno.None)
        {
            nuint length = parameters.sq_entries * (nuint)sizeof(Libc.io_uring_sqe);
            entries = MemoryMapping.TryShare(ring, Libc.IORING_OFF_SQES, length, out errno);
        }

        if (errno == Errno.None)
            slots = MemoryMapping.TryAllocate((nuint)Depth * (nuint)stride, out errno);
        if (errno == Errno.None)
            errno = Register(ring, borrow.Number);
        if (errno == Errno.None)
            return new ReadRing(ring, queues!, entries!, slots!, parameters, maximum, stride);
        slots?.Dispose();
        entries?.Dispose();
        queues?.Dispose();
        ring.Dispose();
        return null;
    }

    /// <summary>Closes the ring; when this returns, it keeps the descriptor's file open no more.</summary>
    public void Dispose()
    {
        if (_ring.IsClosed)
            return;
        // A ring that is closed with its files gives them back some time later: a card would outlive its last descriptor.
        _ = Libc.io_uring_register(_ring.Number, Libc.IORING_UNREGISTER_FILES, null, 0);
        _goodCount = _taken = 0;
        _entries.Dispose();
        _queues.Dispose();
        _ring.Dispose();
        _slots.Dispose();
    }

    private static nuint QueuesLength(in Libc.io_uring_params p) => Math.Max(
        p.sq_off.array + (p.sq_entries * (nuint)sizeof(uint)),
        p.cq_off.cqes + (p.cq_entries * (nuint)sizeof(Libc.io_uring_cqe)));

    private static Errno Register(FileDescriptor ring, int file) =>
        Libc.io_uring_register(ring.Number, Libc.IORING_REGISTER_FILES, &file, 1) == 0 ? Errno.None : Libc.LastErrno;

    // Each entry of the submission ring has a slot of its own and never changes: only the tail moves.
    private void Prepare(in Libc.io_uring_params parameters, int maximum)
    {
        uint* array = (uint*)(_queues.Start + parameters.sq_off.array);
        Libc.io_uring_sqe* entries = (Libc.io_uring_sqe*)_entries.Start;
        for (uint i = 0; i < Depth; i++)
        {
            array[i] = i;
            entries[i] = new()
            {
                opcode = Libc.IORING_OP_READ,
                flags = Libc.IOSQE_FIXED_FILE,
                fd = 0,
                off = ulong.MaxValue, // the file's own position, as read(2)
                addr = (ulong)(_slots.Start + (i * (nuint)_stride)),
                len = (uint)maximum,
                rw_flags = Libc.RWF_NOWAIT,
                user_data = i,
            };
        }
    }
}
