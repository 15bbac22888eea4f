// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Devices.Tests;

/// <summary>Names, judged before the kernel.</summary>
public sealed class CardNameTests
{
    [Theory]
    [InlineData("tap0")]
    [InlineData("a")]
    [InlineData("abcdefghijklmno")]
    [InlineData("tap-0.x_y@z")]
    [InlineData("...")]
    public void Name_TheKernelTakes_IsValid(string name) => CardName.Validate(name);

    [Theory]
    [InlineData("", "empty")]
    [InlineData(".", "reserved")]
    [InlineData("..", "reserved")]
    [InlineData("abcdefghijklmnop", "has 16 bytes; a card's name has at most 15")]
    [InlineData("ääääääää", "has 16 bytes")]
    [InlineData("a/b", "contains '/'")]
    [InlineData("a:b", "contains ':'")]
    [InlineData("a b", "blank")]
    [InlineData("a\tb", "blank")]
    [InlineData("a\u0007b", "control character")]
    [InlineData("tap%d", "template")]
    public void Name_TheKernelRefuses_IsOneSentence(string name, string words)
    {
        Assert.False(CardName.TryValidate(name, out string? why));
        Assert.Contains(words, why, StringComparison.Ordinal);
        Assert.EndsWith(".", why, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', why);
    }

    [Theory]
    [InlineData("tap%d", true)]
    [InlineData("%dx", true)]
    [InlineData("tap%d%d", false)]
    [InlineData("tap%s", false)]
    [InlineData("tap%", false)]
    public void Template_OnePercentD_IsAllowedForCreating(string name, bool valid) =>
        Assert.Equal(valid, CardName.TryValidate(name, out _, allowTemplate: true));
}
