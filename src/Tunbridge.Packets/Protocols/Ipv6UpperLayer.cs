// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

/// <summary>
/// Where the extension headers of an IPv6 packet end, and what they said about fragments.
/// </summary>
public readonly record struct Ipv6UpperLayer
{
    /// <summary>
    /// What starts at <see cref="Offset"/>: the upper layer, or <see cref="IpProtocol.Esp"/> or
    /// <see cref="IpProtocol.NoNextHeader"/>, which end a walk. In a later fragment, what the fragment
    /// header names, whose own header went with the first one.
    /// </summary>
    public IpProtocol Protocol { get; init; }

    /// <summary>Bytes from the start of the IPv6 header, 40 when there are no extension headers.</summary>
    public int Offset { get; init; }

    /// <summary>There is a fragment header, even one that says "whole packet" (RFC 6946).</summary>
    public bool HasFragmentHeader { get; init; }

    /// <summary>Bytes of the fragmentable part that lie before this fragment's.</summary>
    public int FragmentOffset { get; init; }

    /// <summary>More fragments follow this one.</summary>
    public bool HasMoreFragments { get; init; }

    /// <summary>Tells the fragments of one packet from those of another.</summary>
    public uint FragmentIdentification { get; init; }

    /// <summary>
    /// The packet is one of several; unless its offset is 0 the payload has no upper-layer header.
    /// </summary>
    public bool IsFragment => HasMoreFragments || FragmentOffset != 0;
}
