// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Hosting.OpenVpn;

namespace Tunbridge.Hosting.Tests.OpenVpn;

public sealed class PasswordFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Verify_KnowsNamesAndPasswords()
    {
        File.WriteAllText(_path, $"# users\n\n{PasswordFile.MakeLine("alice", "pass:word$"u8, 1000)}\n{PasswordFile.MakeLine("bob", ""u8, 2000)}\n");
        PasswordFile file = new(_path);
        Assert.True(file.Verify("alice", "pass:word$"u8));
        Assert.False(file.Verify("alice", "pass:word"u8));
        Assert.False(file.Verify("alice", ""u8));
        Assert.True(file.Verify("bob", ""u8));
        Assert.False(file.Verify("eve", "pass:word$"u8));
        Assert.False(file.Verify("", ""u8));
    }

    [Fact]
    public void Verify_WithAnEmptyFile_IsFalse() => Assert.False(new PasswordFile(_path).Verify("", ""u8));

    [Fact]
    public void Verify_AfterTheFileChanged_KnowsTheNewOnes()
    {
        File.WriteAllText(_path, PasswordFile.MakeLine("alice", "one"u8, 1000));
        PasswordFile file = new(_path);
        Assert.True(file.Verify("alice", "one"u8));
        File.WriteAllText(_path, PasswordFile.MakeLine("alice", "other"u8, 1000) + "\n");
        Assert.False(file.Verify("alice", "one"u8));
        Assert.True(file.Verify("alice", "other"u8));
        // What cannot be read lets nobody in.
        File.WriteAllText(_path, "nonsense");
        Assert.False(file.Verify("alice", "other"u8));
    }

    [Theory]
    [InlineData("alice")]
    [InlineData(":$pbkdf2-sha512$1000$AAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("alice:secret")]
    [InlineData("alice:$pbkdf2-sha1$1000$AAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("alice:$pbkdf2-sha512$1$AAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("alice:$pbkdf2-sha512$99999999999$AAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("alice:$pbkdf2-sha512$1000$AA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("alice:$pbkdf2-sha512$1000$AAAAAAAAAAAAAAAA$AAAA")]
    [InlineData("alice:$pbkdf2-sha512$1000$AAAAAAAAAAAAAAAA$====")]
    public void File_WithAWrongLine_IsRefusedWithItsNumber(string line)
    {
        File.WriteAllText(_path, $"# comment\n{line}\n");
        FormatException e = Assert.Throws<FormatException>(() => new PasswordFile(_path));
        Assert.StartsWith($"{_path}:2: ", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a:b")]
    [InlineData("a\nb")]
    [InlineData("#a")]
    [InlineData("")]
    public void MakeLine_ForANameThatCannotBe_Throws(string name) =>
        Assert.ThrowsAny<ArgumentException>(() => PasswordFile.MakeLine(name, "x"u8, 1000));
}
