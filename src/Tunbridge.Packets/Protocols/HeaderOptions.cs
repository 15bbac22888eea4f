// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets;

/// <summary>
/// The options of an IPv4 or TCP header, one after the other, for <c>foreach</c>: the two share one
/// encoding (RFC 791 section 3.1, RFC 9293 section 3.1). The end-of-list option ends the walk and is not
/// given; a no-operation is. An option with an impossible length ends the walk and sets
/// <see cref="IsMalformed"/>. Allocates nothing.
/// </summary>
public ref struct HeaderOptions
{
    // 0      1        2
    // | kind | length | data (length - 2)…      kinds 0 (end) and 1 (no operation) are a single byte

    private const byte EndOfList = 0;
    private const byte NoOperation = 1;
    private const int HeaderSize = 2;

    private ReadOnlySpan<byte> _rest;

    internal HeaderOptions(ReadOnlySpan<byte> options)
    {
        _rest = options;
        Current = default;
        IsMalformed = false;
    }

    /// <summary>The option that <see cref="MoveNext"/> found.</summary>
    public HeaderOption Current { get; private set; }

    /// <summary>The walk ended at an option whose length is impossible.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>The walk itself; there for <c>foreach</c>.</summary>
    public readonly HeaderOptions GetEnumerator() => this;

    /// <summary>Goes to the next option; false when there is none.</summary>
    public bool MoveNext()
    {
        if (_rest.IsEmpty || _rest[0] == EndOfList) return false;
        if (_rest[0] == NoOperation)
        {
            Current = new HeaderOption(NoOperation, default);
            _rest = _rest[1..];
            return true;
        }

        if (_rest.Length < HeaderSize || _rest[1] < HeaderSize || _rest[1] > _rest.Length)
        {
            IsMalformed = true;
            _rest = default;
            return false;
        }

        int length = _rest[1];
        Current = new HeaderOption(_rest[0], _rest[HeaderSize..length]);
        _rest = _rest[length..];
        return true;
    }
}
