// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Runtime.InteropServices;

namespace Tunbridge.Linux.Tests;

public sealed class LockedMemoryTests
{
    [Fact]
    public void Pages_Locked_AreNeitherSwappedNorDumped()
    {
        Assert.SkipUnless(LockedMemory.Limit is null or > 64 * 1024, $"only {LockedMemory.Limit} bytes may be locked here");
        byte[] secret = GC.AllocateArray<byte>(10_000, pinned: true);

        Assert.True(LockedMemory.TryLock(secret, out Errno errno), $"{errno}");

        foreach (int at in (int[])[0, secret.Length - 1])
        {
            string[] flags = FlagsAt(Marshal.UnsafeAddrOfPinnedArrayElement(secret, at));
            Assert.Contains("lo", flags);
            Assert.Contains("dd", flags);
        }
    }

    [Fact]
    public void Nothing_Locked_IsNoError()
    {
        Assert.True(LockedMemory.TryLock(default, out Errno errno));
        Assert.Equal(Errno.None, errno);
    }

    private static string[] FlagsAt(nint address)
    {
        bool isHere = false;
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words[0].Split('-') is [var from, var to] && words.Length >= 5)
                isHere = address >= Parse(from) && address < Parse(to);
            else if (isHere && words[0] == "VmFlags:")
                return words[1..];
        }

        return [];
    }

    private static nint Parse(string text) => nint.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
