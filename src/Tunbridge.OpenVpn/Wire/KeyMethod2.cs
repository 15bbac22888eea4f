// SPDX-License-Identifier: Apache-2.0
using static System.Buffers.Binary.BinaryPrimitives;

namespace Tunbridge.OpenVpn.Wire;

/// <summary>How far <see cref="KeyMethod2.Read"/> came.</summary>
internal enum KeyMethod2Status
{
    /// <summary>The block is there; fields that old peers leave out are empty.</summary>
    Whole,

    /// <summary>Bytes are missing.</summary>
    NeedsMore,

    /// <summary>It can never become a block of key method 2.</summary>
    Wrong,
}

/// <summary>
/// The first thing said inside each key state's TLS, by either side. The view borrows its bytes, which hold secrets.
/// </summary>
internal ref struct KeyMethod2
{
    // u32 0 | u8 2 | [client: pre-master 48] | random1 32 | random2 32 | options | username | password | peer info
    // each text: u16 length with its NUL | bytes | NUL; an empty one may be the length 0 alone

    internal const int PreMasterSize = 48;
    internal const int RandomSize = 32;
    internal const int RandomsSize = 2 * RandomSize;

    /// <summary>Longest block that is read; peers of version 2 take 2,048.</summary>
    internal const int MaximumLength = 16 * 1024;

    private const int HeaderSize = 5;
    private const int MaximumText = 4096;

    /// <summary>The client's pre-master secret; empty from a server.</summary>
    internal ReadOnlySpan<byte> PreMaster;
    internal ReadOnlySpan<byte> Random1;
    internal ReadOnlySpan<byte> Random2;

    /// <summary>The options-compatibility text, without its NUL.</summary>
    internal ReadOnlySpan<byte> Options;
    internal ReadOnlySpan<byte> Username;
    internal ReadOnlySpan<byte> Password;
    internal ReadOnlySpan<byte> PeerInfo;

    /// <param name="bytes">What TLS gave, from its first byte on.</param>
    /// <param name="fromClient">The other side is the TLS client: a pre-master secret comes first.</param>
    /// <param name="block">The fields.</param>
    internal static KeyMethod2Status Read(ReadOnlySpan<byte> bytes, bool fromClient, out KeyMethod2 block)
    {
        block = default;
        if (bytes.Length > MaximumLength)
            return KeyMethod2Status.Wrong;
        int secrets = (fromClient ? PreMasterSize : 0) + RandomsSize;
        if (bytes.Length >= HeaderSize && (ReadUInt32BigEndian(bytes) != 0 || (bytes[4] & 0x0f) != 2))
            return KeyMethod2Status.Wrong;
        if (bytes.Length < HeaderSize + secrets + 2)
            return KeyMethod2Status.NeedsMore;
        ReadOnlySpan<byte> rest = bytes[HeaderSize..];
        if (fromClient)
        {
            block.PreMaster = rest[..PreMasterSize];
            rest = rest[PreMasterSize..];
        }
        block.Random1 = rest[..RandomSize];
        block.Random2 = rest[RandomSize..RandomsSize];
        rest = rest[RandomsSize..];
        KeyMethod2Status status = ReadText(ref rest, out block.Options);
        if (status == KeyMethod2Status.Whole)
            status = ReadText(ref rest, out block.Username);
        if (status == KeyMethod2Status.Whole)
            status = ReadText(ref rest, out block.Password);
        if (status == KeyMethod2Status.Whole)
            status = ReadText(ref rest, out block.PeerInfo);
        return status;
    }

    /// <summary>Writes the block that the fields of this view say.</summary>
    /// <returns>Bytes written, or −1 when the destination is too small.</returns>
    internal readonly int Write(Span<byte> destination)
    {
        int length = HeaderSize + PreMaster.Length + Random1.Length + Random2.Length + TextLength(Options) +
            TextLength(Username) + TextLength(Password) + TextLength(PeerInfo);
        if (length > destination.Length)
            return -1;
        WriteUInt32BigEndian(destination, 0);
        destination[4] = 2;
        int at = HeaderSize;
        at += Put(destination[at..], PreMaster);
        at += Put(destination[at..], Random1);
        at += Put(destination[at..], Random2);
        at += PutText(destination[at..], Options);
        at += PutText(destination[at..], Username);
        at += PutText(destination[at..], Password);
        return at + PutText(destination[at..], PeerInfo);
    }

    private static KeyMethod2Status ReadText(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (rest.IsEmpty)
            return KeyMethod2Status.Whole;      // old peers stop early
        if (rest.Length < 2)
            return KeyMethod2Status.NeedsMore;
        int length = ReadUInt16BigEndian(rest);
        if (length > MaximumText + 1)
            return KeyMethod2Status.Wrong;
        if (rest.Length < 2 + length)
            return KeyMethod2Status.NeedsMore;
        text = rest.Slice(2, length);
        rest = rest[(2 + length)..];
        int nul = text.IndexOf((byte)0);
        if (nul >= 0)
            text = text[..nul];
        return KeyMethod2Status.Whole;
    }

    private static int TextLength(ReadOnlySpan<byte> text) => text.IsEmpty ? 2 : 2 + text.Length + 1;

    private static int Put(Span<byte> destination, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(destination);
        return bytes.Length;
    }

    private static int PutText(Span<byte> destination, ReadOnlySpan<byte> text)
    {
        int length = TextLength(text);
        WriteUInt16BigEndian(destination, (ushort)(length - 2));
        if (!text.IsEmpty)
        {
            text.CopyTo(destination[2..]);
            destination[2 + text.Length] = 0;
        }
        return length;
    }
}
