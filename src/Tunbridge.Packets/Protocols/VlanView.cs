// SPDX-License-Identifier: Apache-2.0
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.Packets;

/// <summary>
/// A VLAN tag and what follows it, viewed in place (IEEE 802.1Q clause 9.6; an outer tag is IEEE
/// 802.1ad's). It starts after the EtherType that announced it, so a nested tag is the payload of the one
/// before. The view borrows the bytes it was parsed from.
/// </summary>
public readonly ref struct VlanView
{
    // bits 15…13     12    11…0
    // | priority | drop |  VLAN   | EtherType of the payload (2 bytes) | payload…

    private const int TypeOffset = 2;

    /// <summary>Bytes of a tag: control information and the EtherType of what follows.</summary>
    public const int HeaderSize = 4;

    /// <summary>The largest VLAN number that may be used; 4095 is reserved.</summary>
    public const ushort MaximumId = 4094;

    private readonly ReadOnlySpan<byte> _bytes;

    private VlanView(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>
    /// Views the payload of a frame (or tag) whose EtherType is a VLAN's; false when it is shorter than a
    /// tag.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out VlanView view)
    {
        view = default;
        if (bytes.Length < HeaderSize) return false;
        view = new VlanView(bytes);
        return true;
    }

    /// <summary>The VLAN's number, 0 to 4095; 0 means "no VLAN, only a priority".</summary>
    public ushort VlanId => (ushort)(Control & 0x0FFF);

    /// <summary>The priority code point, 0 to 7.</summary>
    public byte Priority => (byte)(Control >> 13);

    /// <summary>The frame may be dropped first when there is congestion.</summary>
    public bool IsDropEligible => (Control & 0x1000) != 0;

    /// <summary>The protocol that follows; another tag's when tags are nested.</summary>
    public EtherType EtherType => (EtherType)ReadUInt16BigEndian(_bytes[TypeOffset..]);

    /// <summary>The bytes after the tag.</summary>
    public ReadOnlySpan<byte> Payload => _bytes[HeaderSize..];

    private ushort Control => ReadUInt16BigEndian(_bytes);

    /// <summary>
    /// Writes a tag (after an EtherType of <see cref="EtherType.Vlan"/> or
    /// <see cref="EtherType.ServiceVlan"/>) and returns its length, 4 bytes.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The number is above 4095 or the priority above 7.
    /// </exception>
    public static int Write(
        Span<byte> destination, ushort vlanId, EtherType etherType, byte priority = 0, bool isDropEligible = false)
    {
        WireBuffer.Require(destination, HeaderSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(vlanId, 0x0FFF);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(priority, 7);
        WriteUInt16BigEndian(destination, (ushort)((priority << 13) | (isDropEligible ? 0x1000 : 0) | vlanId));
        WriteUInt16BigEndian(destination[TypeOffset..], (ushort)etherType);
        return HeaderSize;
    }

    internal void AppendTo(ref TextBuffer text, EtherType outer)
    {
        text.Append(outer == EtherType.ServiceVlan ? "S-VLAN " : "VLAN ");
        text.Append((uint)VlanId);
        if (Priority != 0)
        {
            text.Append(" prio ");
            text.Append((uint)Priority);
        }

        text.Append(", ");
    }
}
