// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;

namespace Tunbridge.Linux.Tests;

/// <summary>A buffer and slices of another, written as one.</summary>
public sealed class GatherWriteTests
{
    [Fact]
    public void Write_Slices_GoInOrderAfterTheFirstBuffer()
    {
        string path = Path.GetTempFileName();
        using (FileDescriptor fd = FileDescriptor.Open(path, OpenMode.Write))
        using (FileDescriptor.Borrow borrow = new(fd))
        {
            Assert.Equal(Errno.None, borrow.Write("<"u8, "abcdefgh"u8, [6..8, 0..2, 3..3, ^4..^2], out int count));
            Assert.Equal(7, count);
            Assert.Equal(Errno.None, borrow.Write([], "xyz"u8, [], out count));
            Assert.Equal(0, count);
        }

        Assert.Equal("<ghabef", File.ReadAllText(path));
        File.Delete(path);
    }

    [Fact]
    public void Write_SlicesOutsideTheBufferOrTooMany_AreTheCallersMistake()
    {
        using FileDescriptor fd = FileDescriptor.Open("/dev/null", OpenMode.Write);
        Range[] most = [.. Enumerable.Repeat(0..1, FileDescriptor.Borrow.MaximumSlices)];
        Assert.Throws<ArgumentOutOfRangeException>(() => Write(fd, [0..4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Write(fd, [2..1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Write(fd, [.. most, 0..1]));
        Assert.Equal(most.Length, Write(fd, most));
    }

    [Fact]
    public void Write_Refused_TellsWhy()
    {
        using FileDescriptor fd = FileDescriptor.Open("/dev/null", OpenMode.Read);
        using FileDescriptor.Borrow borrow = new(fd);

        Assert.Equal(Errno.EBADF, borrow.Write([], "abc"u8, [0..3], out int count));
        Assert.Equal(0, count);
    }

    private static int Write(FileDescriptor fd, Range[] slices)
    {
        using FileDescriptor.Borrow borrow = new(fd);
        Assert.Equal(Errno.None, borrow.Write([], "abc"u8, slices, out int count));
        return count;
    }
}
