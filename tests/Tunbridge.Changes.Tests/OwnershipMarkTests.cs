// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Changes.Tests;

public sealed class OwnershipMarkTests
{
    [Theory]
    [InlineData("tunbridge:cli", "cli", "")]
    [InlineData("tunbridge:0123456789ab /etc/tunbridge/tunbridge.yaml", "0123456789ab", "/etc/tunbridge/tunbridge.yaml")]
    public void TryParse_OurAlias_GivesInstanceAndComment(string alias, string instance, string comment)
    {
        Assert.True(OwnershipMark.TryParse(alias, out OwnershipMark? mark));

        Assert.Equal(instance, mark!.Instance);
        Assert.Equal(comment, mark.Comment);
        Assert.Equal(alias, mark.ToString());
    }

    [Theory]
    [InlineData("tunbridge:a two words", "two words")]
    [InlineData("tunbridge:a  /path", "/path")]
    [InlineData("tunbridge:a   blanks ", " blanks ")]
    [InlineData("tunbridge:a tunbridge:b /etc/x", "tunbridge:b /etc/x")]
    public void TryParse_OurAliasWithDescription_GivesItAndTheRightInstance(string alias, string description)
    {
        Assert.True(OwnershipMark.TryParse(alias, out OwnershipMark? mark));

        Assert.Equal(("a", description, ""), (mark!.Instance, mark.Description, mark.Comment));
        Assert.Equal(alias, mark.ToString());
    }

    [Fact]
    public void ToString_RandomDescription_IsReadBackWithItsInstance()
    {
        Random random = new(5);
        string letters = " /:tunbridge-x\u00e4\u20ac'\"#{}[]\\%";
        for (int round = 0; round < 5_000; round++)
        {
            string description = string.Concat(Enumerable.Range(0, random.Next(1, 60)).Select(_ => letters[random.Next(letters.Length)]));
            OwnershipMark mark = new() { Instance = "lab@1", Comment = "/etc/x.yaml", Description = description };

            Assert.True(OwnershipMark.TryParse(mark.ToString(), out OwnershipMark? read));
            Assert.Equal(("lab@1", description), (read!.Instance, read.Description));
            Assert.Null(OwnershipMark.FindDescriptionMistake(description));
        }
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("a\nb", "has a control character")]
    [InlineData("a\u0085b", "has a control character")]
    [InlineData("a\u2029b", "has a control character")]
    public void FindDescriptionMistake_OfBadText_SaysWhy(string text, string why) =>
        Assert.StartsWith(why, OwnershipMark.FindDescriptionMistake(text), StringComparison.Ordinal);

    [Fact]
    public void FindDescriptionMistake_HalfACharacterOrTooLong_SaysWhy()
    {
        Assert.StartsWith("has half a character", OwnershipMark.FindDescriptionMistake("a\ud83d"), StringComparison.Ordinal);
        Assert.StartsWith("has 180 bytes", OwnershipMark.FindDescriptionMistake(new string('\u00e4', 90)), StringComparison.Ordinal);
        Assert.Null(OwnershipMark.FindDescriptionMistake(new string('x', OwnershipMark.MaximumDescriptionBytes)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("tunbridge")]
    [InlineData("tunbridge:")]
    [InlineData("tunbridge: x")]
    [InlineData("tunbridge:a/b")]
    [InlineData("Tunbridge:cli")]
    [InlineData("uplink of rack 4")]
    public void TryParse_AliasOfOthers_IsNotOurs(string? alias) => Assert.False(OwnershipMark.TryParse(alias, out _));

    [Fact]
    public void ToString_LongComment_FitsTheKernel()
    {
        OwnershipMark mark = new() { Instance = "x", Comment = new string('ä', 300) };

        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(mark.ToString()), 200, 255);
    }

    [Fact]
    public void InstanceOf_TwoPaths_Differ()
    {
        string first = OwnershipMark.InstanceOf("/etc/a.yaml");

        Assert.Equal(12, first.Length);
        Assert.Equal(first, OwnershipMark.InstanceOf("/etc/a.yaml"));
        Assert.NotEqual(first, OwnershipMark.InstanceOf("/etc/b.yaml"));
        Assert.Null(OwnershipMark.FindMistake(first));
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("a/b")]
    [InlineData("ä")]
    public void FindMistake_BadInstance_NamesIt(string instance) =>
        Assert.Contains($"'{instance}'", OwnershipMark.FindMistake(instance), StringComparison.Ordinal);
}
