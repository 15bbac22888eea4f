// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Text;
using Tunbridge.Linux;
using static Tunbridge.DropIns.InterfaceRequest;

namespace Tunbridge.DropIns;

/// <summary>The sockets through which interfaces are read and set, in the calling thread's network namespace.</summary>
internal sealed class InterfaceSockets : IDisposable
{
    private readonly InterfaceControl? _inet = InterfaceControl.TryOpen(ipv6: false, out _);
    private readonly InterfaceControl? _inet6 = InterfaceControl.TryOpen(ipv6: true, out _);

    internal bool HasInet6 => _inet6 is not null;

    /// <summary>Puts a request through the socket of a family.</summary>
    /// <param name="family">The family; one without a socket gives the errno the original meets.</param>
    /// <param name="request">The request number.</param>
    /// <param name="name">The interface.</param>
    /// <param name="union">Argument and answer, at most 24 bytes.</param>
    internal Errno Put(AddressFamily family, uint request, string name, Span<byte> union) => family.Number switch
    {
        // A Unix socket passes interface requests on to the same code as an IPv4 one, but for addresses.
        AddressFamily.Inet or AddressFamily.Unix => _inet?.Request(request, name, union) ?? Errno.EBADF,
        AddressFamily.Inet6 => _inet6?.Request(request, name, union) ?? Errno.EBADF,
        // The original's descriptor for "unspec" is 0, which is standard input and no socket.
        AddressFamily.Unspecified => Errno.ENOTTY,
        _ => Errno.EBADF,
    };

    /// <summary>Puts a request of IPv4.</summary>
    internal Errno Put(uint request, string name, Span<byte> union) =>
        Put(AddressFamily.Default, request, name, union);

    /// <summary>Puts struct in6_ifreq: address, prefix length, interface index.</summary>
    internal Errno PutInet6(uint request, ReadOnlySpan<byte> address, int prefixLength, int index)
    {
        Span<byte> structure = stackalloc byte[24];
        address.CopyTo(structure);
        BinaryPrimitives.WriteInt32LittleEndian(structure[16..], prefixLength);
        BinaryPrimitives.WriteInt32LittleEndian(structure[20..], index);
        return _inet6?.RequestStructure(request, structure) ?? Errno.EBADF;
    }

    /// <summary>The interface's index, through IPv6's socket.</summary>
    internal Errno GetIndex(string name, out int index)
    {
        Span<byte> union = stackalloc byte[UnionSize];
        union.Clear();
        Errno errno = _inet6?.Request(SIOCGIFINDEX, name, union) ?? Errno.EBADF;
        index = BinaryPrimitives.ReadInt32LittleEndian(union);
        return errno;
    }

    /// <summary>The names that have an IPv4 address, labels included, in the kernel's order (SIOCGIFCONF).</summary>
    internal Errno TryListAddressed(List<string> names)
    {
        for (int room = 30; ; room *= 2)
        {
            // struct ifconf: int length, then a pointer, so the buffer must not move.
            byte[] buffer = GC.AllocateArray<byte>(room * RequestSize, pinned: true);
            Span<byte> structure = stackalloc byte[16];
            BinaryPrimitives.WriteInt32LittleEndian(structure, buffer.Length);
            BinaryPrimitives.WriteInt64LittleEndian(
                structure[8..], System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(buffer, 0));
            Errno errno = _inet?.RequestStructure(SIOCGIFCONF, structure) ?? Errno.EBADF;
            if (errno != Errno.None)
                return errno;
            int length = BinaryPrimitives.ReadInt32LittleEndian(structure);
            // A full buffer may have cut the list.
            if (length >= buffer.Length)
                continue;
            for (int offset = 0; offset + RequestSize <= length; offset += RequestSize)
            {
                ReadOnlySpan<byte> name = buffer.AsSpan(offset, TunControl.MaximumNameLength + 1);
                names.Add(Encoding.UTF8.GetString(name[..name.IndexOf((byte)0)]));
            }

            return Errno.None;
        }
    }

    public void Dispose()
    {
        _inet?.Dispose();
        _inet6?.Dispose();
    }
}
