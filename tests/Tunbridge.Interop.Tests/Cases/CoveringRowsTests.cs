// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Interop.Tests.Cases;

public sealed class CoveringRowsTests
{
    [Theory]
    [InlineData(2, 60)]
    [InlineData(3, 600)]
    public void Make_AllChoicesOfTheMatrix_LeavesNoCombinationOut(int strength, int most)
    {
        IReadOnlyList<int[]> rows = CoveringRows.Make(InteropCase.Sizes, strength);

        // Counted anew and otherwise than the generator counts.
        for (int mask = 0; mask < 1 << InteropCase.Sizes.Count; mask++)
        {
            int[] choices = [.. Enumerable.Range(0, InteropCase.Sizes.Count).Where(c => (mask >> c & 1) != 0)];
            if (choices.Length != strength)
                continue;
            int expected = choices.Aggregate(1, (product, c) => product * InteropCase.Sizes[c]);
            int found = rows.Select(r => choices.Aggregate(0, (code, c) => (code * InteropCase.Sizes[c]) + r[c])).Distinct().Count();
            Assert.Equal(expected, found);
        }

        Assert.InRange(rows.Count, 1, most);
    }

    [Fact]
    public void Parse_NameOfACase_IsThatCase() =>
        Assert.All(InteropCase.Pairwise, c => Assert.Equal(c, InteropCase.Parse($"{c}")));
}
