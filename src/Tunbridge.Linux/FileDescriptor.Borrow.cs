// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux.Interop;

namespace Tunbridge.Linux;

public sealed partial class FileDescriptor
{
    /// <summary>Keeps a descriptor open for a run of calls, with one reference count for all of them.</summary>
    /// <remarks>Dispose it in the same scope. While it lives, closing the descriptor is put off.</remarks>
    public readonly unsafe ref partial struct Borrow : IDisposable
    {
        private readonly FileDescriptor _descriptor;

        /// <summary>Takes a reference.</summary>
        /// <param name="descriptor">The descriptor to keep open.</param>
        /// <exception cref="ObjectDisposedException">It is closed already.</exception>
        public Borrow(FileDescriptor descriptor)
        {
            bool taken = false;
            descriptor.DangerousAddRef(ref taken);
            _descriptor = descriptor;
        }

        /// <summary>The descriptor's number.</summary>
        public int Number => _descriptor.Number;

        /// <summary>Reads once into a buffer.</summary>
        /// <param name="buffer">Where the bytes go.</param>
        /// <param name="count">How many came.</param>
        public Errno Read(Span<byte> buffer, out int count)
        {
            fixed (byte* p = buffer)
            {
                while (true)
                {
                    nint n = Libc.read(_descriptor.Number, p, (nuint)buffer.Length);
                    if (n >= 0)
                        return Done(n, out count);
                    Errno errno = Libc.LastErrno;
                    if (errno != Errno.EINTR)
                        return Failed(errno, out count);
                }
            }
        }

        /// <summary>Reads once into two buffers, the first filled before the second (readv).</summary>
        /// <param name="first">Where the first bytes go.</param>
        /// <param name="second">Where the rest goes.</param>
        /// <param name="count">How many came in all.</param>
        public Errno Read(Span<byte> first, Span<byte> second, out int count)
        {
            fixed (byte* p = first, q = second)
            {
                Libc.iovec* vectors = stackalloc Libc.iovec[2];
                vectors[0] = new() { iov_base = p, iov_len = (nuint)first.Length };
                vectors[1] = new() { iov_base = q, iov_len = (nuint)second.Length };
                while (true)
                {
                    nint n = Libc.readv(_descriptor.Number, vectors, 2);
                    if (n >= 0)
                        return Done(n, out count);
                    Errno errno = Libc.LastErrno;
                    if (errno != Errno.EINTR)
                        return Failed(errno, out count);
                }
            }
        }

        /// <summary>Writes a buffer in one system call.</summary>
        /// <param name="buffer">The bytes.</param>
        /// <param name="count">How many were taken.</param>
        public Errno Write(ReadOnlySpan<byte> buffer, out int count)
        {
            fixed (byte* p = buffer)
            {
                while (true)
                {
                    nint n = Libc.write(_descriptor.Number, p, (nuint)buffer.Length);
                    if (n >= 0)
                        return Done(n, out count);
                    Errno errno = Libc.LastErrno;
                    if (errno != Errno.EINTR)
                        return Failed(errno, out count);
                }
            }
        }

        /// <summary>Writes two buffers as one in one system call (writev).</summary>
        /// <param name="first">The first bytes, such as a virtio header.</param>
        /// <param name="second">The rest.</param>
        /// <param name="count">How many were taken in all.</param>
        public Errno Write(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, out int count)
        {
            fixed (byte* p = first, q = second)
            {
                Libc.iovec* vectors = stackalloc Libc.iovec[2];
                vectors[0] = new() { iov_base = p, iov_len = (nuint)first.Length };
                vectors[1] = new() { iov_base = q, iov_len = (nuint)second.Length };
                while (true)
                {
                    nint n = Libc.writev(_descriptor.Number, vectors, 2);
                    if (n >= 0)
                        return Done(n, out count);
                    Errno errno = Libc.LastErrno;
                    if (errno != Errno.EINTR)
                        return Failed(errno, out count);
                }
            }
        }

        /// <summary>Gives the reference back.</summary>
        public void Dispose() => _descriptor?.DangerousRelease();

        private static Errno Done(nint n, out int count)
        {
            count = (int)n;
            return Errno.None;
        }

        private static Errno Failed(Errno errno, out int count)
        {
            count = 0;
            return errno;
        }
    }
}
