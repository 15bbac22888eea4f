// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

/// <summary>
/// The options of a neighbour discovery message, one after the other, for <c>foreach</c>. The views hand
/// these out only for messages whose options are all whole. Allocates nothing.
/// </summary>
public ref struct NdpOptions
{
    // Options whose text is shown before the rest is only counted.
    private const int ShownCount = 8;

    private ReadOnlySpan<byte> _rest;

    internal NdpOptions(ReadOnlySpan<byte> options)
    {
        _rest = options;
        Current = default;
    }

    /// <summary>The option that <see cref="MoveNext"/> found.</summary>
    public NdpOption Current { get; private set; }

    /// <summary>The walk itself; there for <c>foreach</c>.</summary>
    public readonly NdpOptions GetEnumerator() => this;

    /// <summary>Goes to the next option; false when there is none.</summary>
    public bool MoveNext()
    {
        int length = NextLength(_rest);
        if (length == 0) return false;
        Current = new NdpOption(_rest[..length]);
        _rest = _rest[length..];
        return true;
    }

    /// <summary>The Ethernet address of the first option of that kind; false when there is none.</summary>
    public readonly bool TryFindLinkLayerAddress(NdpOptionType type, out MacAddress address)
    {
        foreach (NdpOption option in this)
        {
            if (option.Type == type && option.TryGetLinkLayerAddress(out address)) return true;
        }

        address = default;
        return false;
    }

    /// <summary>
    /// Every option is whole: a message that has one of length 0 must be dropped (RFC 4861 section 4.6).
    /// </summary>
    internal static bool AreWhole(ReadOnlySpan<byte> options)
    {
        while (!options.IsEmpty)
        {
            int length = NextLength(options);
            if (length == 0) return false;
            options = options[length..];
        }

        return true;
    }

    internal readonly void AppendTo(ref TextBuffer text)
    {
        int count = 0;
        foreach (NdpOption option in this)
        {
            if (++count <= ShownCount) option.AppendTo(ref text);
        }

        if (count <= ShownCount) return;
        text.Append(", ");
        text.Append(count - ShownCount);
        text.Append(" more options");
    }

    // Bytes of the first option; 0 when there is none or it is not whole.
    private static int NextLength(ReadOnlySpan<byte> options)
    {
        if (options.Length < NdpOption.Unit) return 0;
        int length = options[1] * NdpOption.Unit;
        return length <= options.Length ? length : 0;
    }
}
