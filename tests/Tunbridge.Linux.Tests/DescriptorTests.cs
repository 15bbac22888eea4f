// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Testing;

namespace Tunbridge.Linux.Tests;

/// <summary>Descriptors, events and waits.</summary>
public sealed class DescriptorTests
{
    private static readonly TimeSpan s_patience = Generous.Patience;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Open_MissingPath_TellsPathAndError()
    {
        LinuxException error = Assert.Throws<LinuxException>(() => FileDescriptor.Open("/nonexistent", OpenMode.Read));
        Assert.Equal("open /nonexistent: No such file or directory (ENOENT)", error.Message);
        Assert.Null(FileDescriptor.TryOpen("/nonexistent", OpenMode.Read, out Errno errno));
        Assert.Equal(Errno.ENOENT, errno);
    }

    [Fact]
    public void Open_IsClosedOnExec()
    {
        using FileDescriptor fd = FileDescriptor.Open("/dev/null", OpenMode.ReadWrite);
        using FileDescriptor copy = fd.Duplicate();
        using EventFd wake = new();
        foreach (FileDescriptor descriptor in (FileDescriptor[])[fd, copy, wake.Descriptor])
        {
            string flags = File.ReadLines($"/proc/self/fdinfo/{descriptor.Number}").Single(l => l.StartsWith("flags:", StringComparison.Ordinal));
            Assert.Equal(Convert.ToInt32("02000000", 8), Convert.ToInt32(flags.Split('\t')[1], 8) & Convert.ToInt32("02000000", 8));
        }
    }

    [Fact]
    public void ReadWrite_TwoBuffers_GoAsOne()
    {
        string path = Path.GetTempFileName();
        using (FileDescriptor fd = FileDescriptor.Open(path, OpenMode.Write))
        using (FileDescriptor.Borrow borrow = new(fd))
        {
            Assert.Equal(Errno.None, borrow.Write("ab"u8, "cde"u8, out int written));
            Assert.Equal(5, written);
        }

        byte[] first = new byte[3], second = new byte[10];
        using (FileDescriptor fd = FileDescriptor.Open(path, OpenMode.Read))
        using (FileDescriptor.Borrow borrow = new(fd))
        {
            Assert.Equal(Errno.None, borrow.Read(first, second, out int read));
            Assert.Equal(5, read);
        }

        Assert.Equal(("abc", "de"), (System.Text.Encoding.ASCII.GetString(first), System.Text.Encoding.ASCII.GetString(second, 0, 2)));
        File.Delete(path);
    }

    [Fact]
    public void Dispose_WhileBorrowed_ClosesAfterwards()
    {
        FileDescriptor fd = FileDescriptor.Open("/dev/null", OpenMode.ReadWrite);
        int number = fd.Number;
        using (FileDescriptor.Borrow borrow = new(fd))
        {
            fd.Dispose();
            // Not closed before the last reference is given back.
            Assert.False(fd.IsClosed);
            Assert.Equal("/dev/null", new FileInfo($"/proc/self/fd/{number}").LinkTarget);
            Assert.Equal(Errno.None, borrow.Write([1], out _));
        }

        Assert.Throws<ObjectDisposedException>(() => fd.Write([1], out _));
    }

    [Fact]
    public void Event_SetAndReset_IsSeenByWaits()
    {
        using EventFd wake = new(), cancel = new(), other = new();
        Assert.Equal(WaitOutcome.TimedOut, Readiness.WaitReadable(other.Descriptor, wake, cancel, 0));
        cancel.Set();
        cancel.Set();
        Assert.Equal(WaitOutcome.Woken, Readiness.WaitReadable(other.Descriptor, wake, cancel, 0));
        cancel.Reset();
        cancel.Reset();
        other.Set();
        Assert.Equal(WaitOutcome.Ready, Readiness.WaitReadable(other.Descriptor, wake, cancel, 0));
        wake.Set();
        Assert.Equal(WaitOutcome.Woken, Readiness.WaitReadable(other.Descriptor, wake, cancel));
    }

    [Fact]
    public async Task Loop_ArmedRegistration_IsCalledOncePerArm()
    {
        using EventFd source = new();
        SemaphoreSlim calls = new(0);
        using ReadinessLoop.Registration registration =
            ReadinessLoop.Shared.Register(source.Descriptor, () => calls.Release());
        source.Set();
        registration.Arm();
        Assert.True(await calls.WaitAsync(s_patience, Token));
        // Still readable, but not armed again: nothing more comes before the next arm.
        registration.Arm();
        Assert.True(await calls.WaitAsync(s_patience, Token));
        Assert.Equal(0, calls.CurrentCount);
        LinuxException error = Assert.Throws<LinuxException>(() => ReadinessLoop.Shared.Register(source.Descriptor, () => { }));
        Assert.Equal(Errno.EEXIST, error.Errno);
    }

    [Fact]
    public void Exception_Message_HasOperationTargetTextAndHint()
    {
        LinuxException error = LinuxException.Create(Errno.EBUSY, "TUNSETIFF", "tap0", null, "Stop it.");
        Assert.Equal("TUNSETIFF tap0: Device or resource busy (EBUSY). Stop it.", error.Message);
        Assert.Equal("TUNSETIFF tap0: Device or resource busy (EBUSY). Wait.", error.WithHint("Wait.").Message);
        Assert.Equal("RTM_NEWLINK tap0: told so (EINVAL)", LinuxException.Create(Errno.EINVAL, "RTM_NEWLINK", "tap0", "told so.").Message);
    }

    [Fact]
    public void TryCopyFrom_OwnProcess_IsTheSameFile()
    {
        using FileDescriptor fd = FileDescriptor.Open("/dev/null", OpenMode.ReadWrite);
        using FileDescriptor? copy = FileDescriptor.TryCopyFrom(Environment.ProcessId, fd.Number, out Errno errno);
        Assert.SkipWhen(errno is Errno.EPERM or Errno.ENOSYS, $"pidfd_getfd: {errno}");
        Assert.Equal("/dev/null", new FileInfo($"/proc/self/fd/{copy!.Number}").LinkTarget);
        Assert.Null(FileDescriptor.TryCopyFrom(Environment.ProcessId, 9999, out errno));
        Assert.Equal(Errno.EBADF, errno);
    }
}
