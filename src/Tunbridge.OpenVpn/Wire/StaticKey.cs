// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Wire;

/// <summary>Which half of a static key this side sends with (<c>key-direction</c>).</summary>
internal enum KeyDirection
{
    /// <summary>Both directions use half A.</summary>
    Both,

    /// <summary><c>0</c>: sends with A, receives with B. Servers, by convention.</summary>
    Normal,

    /// <summary><c>1</c>: sends with B, receives with A.</summary>
    Inverse,
}

/// <summary>
/// 256 bytes of key for two directions: of tls-auth, tls-crypt, a tls-crypt-v2 client, or the data keys of a key state.
/// The bytes are pinned and wiped on <see cref="Dispose"/>.
/// </summary>
internal sealed class StaticKey : IDisposable
{
    // 0          64       128        192      256
    // | cipher A | hmac A | cipher B | hmac B |

    internal const int Size = 256;

    private const int SlotSize = 64;

    private const string Armour = "OpenVPN Static key V1";

    private readonly SecretBytes _bytes = new(Size);

    internal StaticKey(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, Size, nameof(bytes));
        bytes.CopyTo(_bytes.Span);
    }

    internal ReadOnlySpan<byte> Bytes => _bytes.Span;

    internal ReadOnlySpan<byte> SendCipher(KeyDirection direction) => Slot(direction == KeyDirection.Inverse ? 2 : 0);

    internal ReadOnlySpan<byte> SendHmac(KeyDirection direction) => Slot(direction == KeyDirection.Inverse ? 3 : 1);

    internal ReadOnlySpan<byte> ReceiveCipher(KeyDirection direction) => Slot(direction == KeyDirection.Normal ? 2 : 0);

    internal ReadOnlySpan<byte> ReceiveHmac(KeyDirection direction) => Slot(direction == KeyDirection.Normal ? 3 : 1);

    /// <summary>This key with another's bytes mixed in, as dynamic tls-crypt makes its key from the exporter's and the file's.</summary>
    internal StaticKey Xor(StaticKey other)
    {
        StaticKey mixed = new(Bytes);
        for (int i = 0; i < Size; i++)
            mixed._bytes.Span[i] ^= other.Bytes[i];
        return mixed;
    }

    /// <summary>
    /// Reads the file format: comments, armour, hexadecimal digits wrapped anyhow. Old files hold 128 bytes, one key for
    /// both directions.
    /// </summary>
    internal static bool TryParse(ReadOnlySpan<byte> text, out StaticKey? key)
    {
        key = null;
        if (!PemBlock.TryFind(text, Armour, out ReadOnlySpan<byte> content))
            return false;
        using SecretBytes room = new(Size);
        Span<byte> bytes = room.Span;
        int digits = 0;
        bool isRight = true;
        foreach (byte b in content)
        {
            char c = (char)b;
            if (char.IsWhiteSpace(c))
                continue;
            if (!char.IsAsciiHexDigit(c) || digits == 2 * Size)
            {
                isRight = false;
                break;
            }
            int value = char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
            bytes[digits / 2] |= (byte)(digits % 2 == 0 ? value << 4 : value);
            digits++;
        }
        if (isRight && digits == Size)
            bytes[..(Size / 2)].CopyTo(bytes[(Size / 2)..]);
        if (isRight && digits is Size or 2 * Size)
            key = new StaticKey(bytes);
        return key is not null;
    }

    public void Dispose() => _bytes.Dispose();

    private ReadOnlySpan<byte> Slot(int index) => Bytes.Slice(index * SlotSize, SlotSize);
}
