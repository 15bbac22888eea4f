// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

/// <summary>One option of an IPv4 or TCP header. Borrows the bytes of the header.</summary>
public readonly ref struct HeaderOption
{
    internal HeaderOption(byte kind, ReadOnlySpan<byte> data)
    {
        Kind = kind;
        Data = data;
    }

    /// <summary>
    /// The option's number: see <see cref="TcpOptionKind"/> for TCP's; IPv4's include the copied bit.
    /// </summary>
    public byte Kind { get; }

    /// <summary>What follows kind and length; empty for options of a single byte.</summary>
    public ReadOnlySpan<byte> Data { get; }
}
