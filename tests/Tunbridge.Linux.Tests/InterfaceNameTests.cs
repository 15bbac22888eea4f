// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Linux.Tests;

/// <summary>Names, judged before the kernel.</summary>
public sealed class InterfaceNameTests
{
    [Theory]
    [InlineData("tap0")]
    [InlineData("a")]
    [InlineData("abcdefghijklmno")]
    [InlineData("tap-0.x_y@z")]
    [InlineData("...")]
    [InlineData("ALL")]
    public void Name_TheKernelTakes_HasNoMistake(string name) => Assert.Null(InterfaceName.FindMistake(name));

    [Theory]
    [InlineData("", "empty")]
    [InlineData(".", "not allowed")]
    [InlineData("..", "not allowed")]
    [InlineData("all", "not allowed")]
    [InlineData("default", "not allowed")]
    [InlineData("abcdefghijklmnop", "has 16 bytes, allowed are at most 15")]
    [InlineData("ääääääää", "has 16 bytes")]
    [InlineData("a/b", "has '/'")]
    [InlineData("a:b", "has ':'")]
    [InlineData("a b", "blank")]
    [InlineData("a\tb", "control character")]
    [InlineData("a\u0007b", "control character")]
    [InlineData("a\nb", "control character")]
    [InlineData("\e[31mred", "control character")]
    [InlineData("tap%d", "'%'")]
    public void Name_TheKernelRefuses_IsOneLineThatSaysWhatIsAllowed(string name, string words)
    {
        string? mistake = InterfaceName.FindMistake(name);

        Assert.Contains(words, mistake, StringComparison.Ordinal);
        Assert.Contains("allowed", mistake, StringComparison.Ordinal);
        Assert.DoesNotContain(mistake!, char.IsControl);
        Assert.Throws<ArgumentException>(() => InterfaceName.ThrowIfMistaken(name));
    }

    [Fact]
    public void Name_OfAMegabyte_IsCutInTheMessage() =>
        Assert.InRange(InterfaceName.FindMistake(new string('x', 1 << 20))!.Length, 1, 120);

    [Theory]
    [InlineData("tap%d", true)]
    [InlineData("%dx", true)]
    [InlineData("tap%d%d", false)]
    [InlineData("tap%s", false)]
    [InlineData("tap%", false)]
    public void Template_OnePercentD_IsAllowedForCreating(string name, bool valid) =>
        Assert.Equal(valid, InterfaceName.FindMistake(name, allowTemplate: true) is null);
}
