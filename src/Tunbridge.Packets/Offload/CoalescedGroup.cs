// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

/// <summary>
/// What goes to a card in one write: one packet as it came, or new headers and the payloads of several.
/// </summary>
/// <remarks>
/// A view into its <see cref="Coalescer"/>, valid until another group is looked at. On the wire the bytes are
/// <see cref="Headers"/>, then each of <see cref="Slices"/> of <see cref="Slab"/>.
/// </remarks>
public readonly ref struct CoalescedGroup
{
    private readonly Coalescer _owner;
    private readonly int _first;

    internal CoalescedGroup(Coalescer owner, int first)
    {
        _owner = owner;
        _first = first;
    }

    /// <summary>The headers of a superpacket; empty for a single packet.</summary>
    public ReadOnlySpan<byte> Headers { get; internal init; }

    /// <summary>
    /// The buffer the slices are of, as given to <see cref="Coalescer.Start(ReadOnlyMemory{byte})"/>.
    /// </summary>
    public ReadOnlySpan<byte> Slab { get; internal init; }

    /// <summary>Ranges of the slab, in order: the payloads, or the whole of a single packet.</summary>
    public ReadOnlySpan<Range> Slices { get; internal init; }

    /// <summary>How the whole is to be cut; for a single packet what was given with it.</summary>
    public GsoInfo Gso { get; internal init; }

    /// <summary>Bytes in all.</summary>
    public int Length { get; internal init; }

    /// <summary>How many packets it stands for.</summary>
    public int PacketCount { get; internal init; }

    /// <summary>The packets as they came, for a card that does not take the group.</summary>
    /// <returns>
    /// Ranges of the slab in the order of the group; valid until another group is looked at, and
    /// <see cref="Slices"/> no longer.
    /// </returns>
    public ReadOnlySpan<Range> GetPackets() => _owner.GetPackets(_first);

    /// <summary>Copies the bytes of the group into one buffer.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public void CopyTo(Span<byte> destination)
    {
        WireBuffer.Require(destination, Length);
        Headers.CopyTo(destination);
        destination = destination[Headers.Length..];
        foreach (Range slice in Slices)
        {
            ReadOnlySpan<byte> bytes = Slab[slice];
            bytes.CopyTo(destination);
            destination = destination[bytes.Length..];
        }
    }
}
