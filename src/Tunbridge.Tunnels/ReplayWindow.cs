// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Tunnels;

/// <summary>Tells numbers that come for the first time from replayed ones, whatever order they come in (RFC 6479).</summary>
/// <remarks>
/// <para>
/// A ring of bits, one for each number up to the highest seen; moving forward clears whole words instead of
/// shifting. One word more than the window needs is kept, so that the word being filled never holds old bits.
/// </para>
/// <para>Asked only after a packet has been found authentic. Not thread-safe: owned by the thread of the peer.</para>
/// <para>A protocol whose numbers start at 1 refuses 0 itself.</para>
/// </remarks>
public sealed class ReplayWindow
{
    private readonly ulong[] _words;
    private readonly ulong _size;
    private ulong _next;       // one past the highest number accepted; 0: none yet
    private ulong _floor;      // numbers below are too old by age
    private ulong _pending;    // what the floor becomes when the interval is over
    private long _since;       // when _pending was taken

    /// <summary>A window in which nothing has come yet.</summary>
    /// <param name="size">How far behind the highest number one may come; 1 to 65,536.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is outside these.</exception>
    public ReplayWindow(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, 65536);
        _size = (ulong)size;
        _words = new ulong[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(size + 63) / 64 + 1)];
    }

    /// <summary>How far behind the highest number one may come.</summary>
    public int Size => (int)_size;

    /// <summary>The highest number accepted, 0 when there is none.</summary>
    public ulong Highest => _next == 0 ? 0 : _next - 1;

    /// <summary>Takes a number, if it is neither replayed nor too old.</summary>
    /// <param name="number">The number of an authentic packet, below 2^64−1.</param>
    /// <returns>Whether it came for the first time, inside the window.</returns>
    public bool TryAccept(ulong number)
    {
        if (number == ulong.MaxValue || number < _floor)
            return false;
        ulong word = number >> 6;
        if (number >= _next)
        {
            ulong current = _next == 0 ? 0 : (_next - 1) >> 6;
            ulong steps = Math.Min(word - current, (ulong)_words.Length);
            for (ulong i = 1; i <= steps; i++)
                _words[(current + i) & (ulong)(_words.Length - 1)] = 0;
            _next = number + 1;
        }
        else if (_next - 1 - number >= _size)
        {
            return false;
        }
        ref ulong bits = ref _words[word & (ulong)(_words.Length - 1)];
        ulong bit = 1UL << (int)(number & 63);
        if ((bits & bit) != 0)
            return false;
        bits |= bit;
        return true;
    }

    /// <summary>
    /// Takes a number as <see cref="TryAccept(ulong)"/> does, and refuses also what is overtaken by more than
    /// <paramref name="maximumAge"/>: a packet held back and let go later.
    /// </summary>
    /// <param name="number">The number of an authentic packet.</param>
    /// <param name="now">The time now, in any unit that only grows.</param>
    /// <param name="maximumAge">
    /// In the same unit; checked in steps of itself, so that a number is refused when it is overtaken for
    /// between one and two times as long.
    /// </param>
    /// <returns>Whether it came for the first time, inside the window and in time.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The age is not positive.</exception>
    public bool TryAccept(ulong number, long now, long maximumAge)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maximumAge);
        if (_next == 0)
            _since = now;
        while (now - _since >= maximumAge)
        {
            bool idle = now - _since >= 2 * maximumAge;
            _floor = idle ? _next : _pending;
            _pending = _next;
            _since = idle ? now : _since + maximumAge;
            if (idle)
                break;
        }
        return TryAccept(number);
    }

    /// <summary>Forgets everything: the peer starts to count anew under another key.</summary>
    public void Reset()
    {
        Array.Clear(_words);
        _next = _floor = _pending = 0;
    }
}
