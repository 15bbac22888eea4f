// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Tests.Support;

/// <summary>Endless variations of some bytes, the same for the same number: flips, extreme values, cuts, repeats.</summary>
internal sealed class Mutator(byte[] seed, int number)
{
    private static readonly byte[] s_extremes = [0, 1, 0x7f, 0x80, 0xff, 0x2c, 0x0a, 0x20];

    private readonly Random _random = new(number);

    internal byte[] Next()
    {
        byte[] bytes = [.. seed];
        for (int i = _random.Next(1, 6); i > 0 && bytes.Length > 0; i--)
        {
            int at = _random.Next(bytes.Length);
            switch (_random.Next(6))
            {
                case 0: bytes[at] ^= (byte)(1 << _random.Next(8)); break;
                case 1: bytes[at] = s_extremes[_random.Next(s_extremes.Length)]; break;
                case 2: bytes[at] = (byte)_random.Next(256); break;
                case 3: bytes = bytes[..at]; break;
                case 4: bytes = [.. bytes, .. bytes.AsSpan(at)]; break;
                default: bytes = [.. bytes.AsSpan(0, at), .. bytes.AsSpan(at + 1)]; break;
            }
        }
        return bytes;
    }
}
