// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Changes.Tests;

public sealed class OwnershipMarkTests
{
    [Theory]
    [InlineData("tunbridge:cli", "cli", "")]
    [InlineData("tunbridge:0123456789ab /etc/tunbridge/tunbridge.yaml", "0123456789ab", "/etc/tunbridge/tunbridge.yaml")]
    [InlineData("tunbridge:a two words", "a", "two words")]
    public void TryParse_OurAlias_GivesInstanceAndComment(string alias, string instance, string comment)
    {
        Assert.True(OwnershipMark.TryParse(alias, out OwnershipMark? mark));

        Assert.Equal(instance, mark!.Instance);
        Assert.Equal(comment, mark.Comment);
        Assert.Equal(alias, mark.ToString());
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
