// SPDX-License-Identifier: Apache-2.0
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.OpenVpn.Control;

/// <summary>Where a client's datagrams come from.</summary>
public readonly record struct PeerAddress
{
    internal const int Size = 22;

    /// <summary>The address; one of IPv4 mapped into IPv6 (::ffff:0:0/96).</summary>
    public required UInt128 Address { get; init; }

    /// <summary>The port.</summary>
    public required ushort Port { get; init; }

    /// <summary>The interface of a link-local address; 0 otherwise.</summary>
    public uint Scope { get; init; }

    internal void Write(Span<byte> destination)
    {
        WriteUInt128BigEndian(destination, Address);
        WriteUInt16BigEndian(destination[16..], Port);
        WriteUInt32BigEndian(destination[18..], Scope);
    }
}
