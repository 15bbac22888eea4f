// SPDX-License-Identifier: Apache-2.0
using Tunbridge.DropIns;

namespace Tunbridge.Tests.DropIns;

/// <summary>Values that net-tools 2.10 printed when it was shown these counters.</summary>
public sealed class ByteCountTextTests
{
    [Theory]
    [InlineData(0, "0.0 B")]
    [InlineData(999, "999.0 B")]
    [InlineData(1024, "1024.0 B")]
    [InlineData(1025, "1.0 KiB")]
    [InlineData(10239, "9.9 KiB")]
    [InlineData(104857, "102.3 KiB")]
    [InlineData(360636, "352.1 KiB")]
    [InlineData(1048575, "1023.9 KiB")]
    [InlineData(1048576, "1024.0 KiB")]
    [InlineData(1073741823, "1023.9 MiB")]
    [InlineData(1073741824, "1024.0 MiB")]
    [InlineData(5368709120, "5.0 GiB")]
    [InlineData(99999999999, "93.1 GiB")]
    [InlineData(123456789012345, "112.2 TiB")]
    [InlineData(1125899906842623, "1023.9 TiB")]
    [InlineData(1125899906842625, "1.0 PiB")]
    [InlineData(1152921504606846975, "1023.9 PiB")]
    [InlineData(1152921504606846976, "1024.0 PiB")]
    [InlineData(1152921504606846977, "1.0 EiB")]
    [InlineData(1268213655067531673, "1.1 EiB")]
    [InlineData(18000000000000000000, "15.6 EiB")]
    [InlineData(ulong.MaxValue, "16.0 EiB")]
    public void Format_Count_CutsToOneDecimal(ulong bytes, string text) => Assert.Equal(text, ByteCountText.Format(bytes));
}
