// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Tunnels.Tests;

/// <summary>The replay window against its edges and against a plain set.</summary>
public sealed class ReplayWindowTests
{
    /// <summary>Size; then a number and whether it is taken, in order.</summary>
    [Theory]
    [InlineData(64, "1+ 1- 2+ 2- 0+ 0-")]
    [InlineData(64, "100+ 37+ 36- 100- 101+ 37- 38+ 38-")]
    [InlineData(64, "1+ 1000000+ 1- 999937+ 999936- 999937-")]
    [InlineData(1, "5+ 5- 4- 6+ 5- 8+ 7-")]
    [InlineData(64, "63+ 64+ 127+ 128+ 64- 65+ 191+ 128- 127-")]
    [InlineData(65536, "70000+ 4465+ 4464- 70000- 69999+")]
    [InlineData(64, "18446744073709551614+ 18446744073709551615- 18446744073709551613+")]
    public void Window_Sequence_IsTakenAsWritten(int size, string sequence)
    {
        ReplayWindow window = new(size);
        Assert.Equal(size, window.Size);
        foreach (string step in sequence.Split(' '))
            Assert.True(window.TryAccept(ulong.Parse(step[..^1], System.Globalization.CultureInfo.InvariantCulture)) == (step[^1] == '+'), step);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(1000)]
    public void Window_RandomOrder_AgreesWithASet(int size)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            Random random = new(seed * 1000 + size);
            ReplayWindow window = new(size);
            HashSet<ulong> seen = [];
            ulong highest = 0;
            bool any = false;
            for (int i = 0; i < 5000; i++)
            {
                ulong number = random.Next(50) == 0
                    ? highest + (ulong)random.Next(0, 3 * size + 200)
                    : (ulong)Math.Max(0, (long)highest + random.Next(-2 * size - 5, 8));
                bool expected = (!any || number > highest || highest - number < (ulong)size) && seen.Add(number);
                Assert.Equal(expected, window.TryAccept(number));
                if (expected)
                {
                    highest = Math.Max(highest, number);
                    any = true;
                }

                Assert.Equal(highest, window.Highest);
            }
        }
    }

    [Fact]
    public void Window_WithTime_RefusesWhatWasOvertakenLongAgo()
    {
        ReplayWindow window = new(64);
        Assert.True(window.TryAccept(10, 0, 15));
        Assert.True(window.TryAccept(8, 14, 15));      // overtaken for 14
        Assert.True(window.TryAccept(20, 16, 15));
        Assert.True(window.TryAccept(9, 29, 15));      // for 29: less than two ages
        Assert.False(window.TryAccept(7, 31, 15));     // for 31
        Assert.True(window.TryAccept(19, 32, 15));     // overtaken for 16 only
        Assert.False(window.TryAccept(18, 500, 15));   // after a long silence nothing old is let in
        Assert.True(window.TryAccept(21, 500, 15));
        Assert.True(window.TryAccept(23, 501, 15));
        Assert.True(window.TryAccept(22, 502, 15));
        Assert.Throws<ArgumentOutOfRangeException>(() => window.TryAccept(30, 503, 0));
    }

    [Fact]
    public void Window_Reset_StartsAnew()
    {
        ReplayWindow window = new(64);
        Assert.True(window.TryAccept(1000));
        Assert.False(window.TryAccept(1000));
        window.Reset();
        Assert.Equal(0UL, window.Highest);
        Assert.True(window.TryAccept(1));
        Assert.True(window.TryAccept(1000));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReplayWindow(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReplayWindow(65537));
    }

    [Fact]
    public void Window_InUse_AllocatesNothing()
    {
        ReplayWindow window = new(128);
        ulong taken = 0;
        void Rounds(ulong from)
        {
            for (ulong i = from; i < from + 1000; i++)
                taken += window.TryAccept(i ^ 1, (long)i, 50) ? 1UL : 0;
        }

        Rounds(0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Rounds(5000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(2000UL, taken);
    }
}
