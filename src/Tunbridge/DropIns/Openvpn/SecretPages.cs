// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;

namespace Tunbridge.DropIns.Openvpn;

/// <summary>Locks the pages of keys and passwords as far as this process may. What it may not is no error: openvpn locks nothing unless it is told to.</summary>
internal static class SecretPages
{
    private static int s_refused;

    /// <summary>What there is to say about it; null when all were locked.</summary>
    internal static string? Note => (Errno)Volatile.Read(ref s_refused) is not (not Errno.None and var errno) ? null
        : $"NOTE: not all memory of keys and passwords is locked ({LinuxException.Describe(errno)}): it may be swapped out; this user may lock " +
            $"{LockedMemory.Limit?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "all the"} bytes (LimitMEMLOCK in a unit, ulimit -l)";

    /// <summary>Locks the pages of a secret, before anything is in it.</summary>
    internal static void Lock(ReadOnlyMemory<byte> secret)
    {
        if (!LockedMemory.TryLock(secret.Span, out Errno errno))
            Interlocked.CompareExchange(ref s_refused, (int)errno, (int)Errno.None);
    }
}
