// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Capture;

/// <summary>Turns the time stamps of a capture into nanoseconds, whatever their unit.</summary>
internal static class PcapngTime
{
    private const byte BinaryUnit = 0x80; // if_tsresol: the exponent is of 2, not of 10
    private const int NanosecondExponent = 9;
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>
    /// Nanoseconds since 1970, held to the range of a long: every 64-bit stamp with every resolution has an
    /// answer.
    /// </summary>
    internal static long ToNanoseconds(ulong stamp, byte resolution, long offsetSeconds)
    {
        UInt128 nanoseconds;
        int exponent = resolution & ~BinaryUnit;
        if ((resolution & BinaryUnit) != 0)
            nanoseconds = ((UInt128)stamp * NanosecondsPerSecond) >> exponent; // below 2^94 before the shift
        else if (exponent <= NanosecondExponent)
            nanoseconds = stamp * PowerOfTen(NanosecondExponent - exponent);
        else if (exponent - NanosecondExponent < 20)
            nanoseconds = stamp / PowerOfTen(exponent - NanosecondExponent);
        else
            nanoseconds = 0; // 10^20 is more than any stamp

        Int128 total = (Int128)nanoseconds + ((Int128)offsetSeconds * NanosecondsPerSecond);
        return (long)Int128.Clamp(total, long.MinValue, long.MaxValue);
    }

    private static UInt128 PowerOfTen(int exponent)
    {
        UInt128 power = 1;
        for (int i = 0; i < exponent; i++)
            power *= 10;
        return power;
    }
}
