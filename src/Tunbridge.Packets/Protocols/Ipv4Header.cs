// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

/// <summary>
/// What an IPv4 header says, as the builder wants it and a view can give it (RFC 791 section 3.1).
/// </summary>
public readonly record struct Ipv4Header
{
    /// <summary>Makes a header with a time to live of 64 that must not be fragmented.</summary>
    public Ipv4Header()
    {
    }

    /// <summary>The sender; 192.168.0.1 is 0xC0A80001.</summary>
    public required uint Source { get; init; }

    /// <summary>The receiver; 192.168.0.1 is 0xC0A80001.</summary>
    public required uint Destination { get; init; }

    /// <summary>The protocol of the payload.</summary>
    public required IpProtocol Protocol { get; init; }

    /// <summary>Routers the packet may still pass, plus one.</summary>
    public byte TimeToLive { get; init; } = 64;

    /// <summary>DSCP in the upper six bits, ECN in the lower two (RFC 2474, RFC 3168).</summary>
    public byte TrafficClass { get; init; }

    /// <summary>Tells the fragments of one packet from those of another.</summary>
    public ushort Identification { get; init; }

    /// <summary>Routers must not fragment the packet (DF).</summary>
    public bool IsDontFragment { get; init; } = true;

    /// <summary>More fragments follow this one (MF).</summary>
    public bool HasMoreFragments { get; init; }

    /// <summary>
    /// Bytes of the whole payload that lie before this fragment's; a multiple of 8 up to 65,528.
    /// </summary>
    public int FragmentOffset { get; init; }
}
