// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;

namespace Tunbridge.Testing;

/// <summary>Root of the machine, which root of a user namespace (unshare -Ur) is not.</summary>
public static class RealRoot
{
    /// <summary>Skips the test, visibly, for anybody else.</summary>
    public static void Require() => Assert.SkipUnless(
        // Only the initial user namespace maps every number.
        ProcessIdentity.EffectiveUserId == 0 &&
        File.ReadAllText("/proc/self/uid_map").Contains("4294967295", StringComparison.Ordinal),
        "needs root outside every user namespace");
}
