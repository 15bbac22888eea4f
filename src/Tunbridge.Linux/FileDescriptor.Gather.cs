// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

public sealed partial class FileDescriptor
{
    public readonly unsafe ref partial struct Borrow
    {
        /// <summary>The most slices that are written at once.</summary>
        public const int MaximumSlices = 256;

        /// <summary>Writes a buffer and slices of another as one in one system call (writev).</summary>
        /// <param name="first">The first bytes, such as headers; may be empty.</param>
        /// <param name="slab">The buffer the slices are of.</param>
        /// <param name="slices">Ranges of <paramref name="slab"/>, in order.</param>
        /// <param name="count">How many bytes were taken in all.</param>
        /// <exception cref="ArgumentOutOfRangeException">
        /// A range is outside the slab, or there are more than <see cref="MaximumSlices"/>.
        /// </exception>
        public Errno Write(
            ReadOnlySpan<byte> first, ReadOnlySpan<byte> slab, ReadOnlySpan<Range> slices, out int count)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(slices.Length, MaximumSlices, nameof(slices));
            fixed (byte* p = first, q = slab)
            {
                Libc.iovec* vectors = stackalloc Libc.iovec[1 + slices.Length];
                vectors[0] = new() { iov_base = p, iov_len = (nuint)first.Length };
                for (int i = 0; i < slices.Length; i++)
                {
                    (int offset, int length) = slices[i].GetOffsetAndLength(slab.Length);
                    vectors[1 + i] = new() { iov_base = q + offset, iov_len = (nuint)length };
                }

                while (true)
                {
                    nint n = Libc.writev(_descriptor.Number, vectors, 1 + slices.Length);
                    if (n >= 0)
                        return Done(n, out count);
                    Errno errno = Libc.LastErrno;
                    if (errno != Errno.EINTR)
                        return Failed(errno, out count);
                }
            }
        }
    }
}
