// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;

namespace Tunbridge.Doctor.Facts;

/// <summary>What the kernel says to io_uring, by which cards under load are read in groups.</summary>
internal sealed record RingFacts
{
    private const int SmallRead = 64;

    /// <summary>The kernel's answer to a ring; None when it gave one.</summary>
    public required Errno Answer { get; init; }

    /// <summary>kernel.io_uring_disabled: 0, 1 (for all but a group and CAP_SYS_ADMIN), 2 (for all); null where there is no such key.</summary>
    public required string? Disabled { get; init; }

    /// <summary>kernel.io_uring_group, the group that 1 leaves it to; null where there is no such key.</summary>
    public required string? Group { get; init; }

    /// <summary>Whether a filter of system calls is on this process (Seccomp: 2).</summary>
    public required bool IsFiltered { get; init; }

    /// <summary>Whether TUNBRIDGE_NO_URING turns it off.</summary>
    public required bool IsOff { get; init; }

    /// <summary>The kernel's release.</summary>
    public required string Release { get; init; }

    /// <summary>Whether the driver reads without waiting through a ring: from Linux 6.4 on.</summary>
    public bool IsOldKernel =>
        Version.TryParse(Release.Split('-', '+')[0], out Version? version) && version < new Version(6, 4);

    /// <summary>Looks, and asks for a ring that reads nothing.</summary>
    public static RingFacts Read(DoctorRoot root)
    {
        using EventFd something = new();
        using ReadRing? ring = ReadRing.TryOpen(something.Descriptor, SmallRead, out Errno errno);
        return new()
        {
            Answer = errno,
            Disabled = root.ReadWord("/proc/sys/kernel/io_uring_disabled"),
            Group = root.ReadWord("/proc/sys/kernel/io_uring_group"),
            IsFiltered = root.ReadLines("/proc/self/status").Any(l => l.StartsWith("Seccomp:", StringComparison.Ordinal) && l.EndsWith('2')),
            IsOff = root.Variable(RingSwitch.Variable) == "1",
            Release = root.KernelRelease,
        };
    }
}
