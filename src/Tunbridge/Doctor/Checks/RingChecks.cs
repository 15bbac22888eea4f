// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Doctor.Facts;
using Tunbridge.Linux;
using static Tunbridge.Doctor.Check;

namespace Tunbridge.Doctor.Checks;

/// <summary>Whether cards under load are read in groups. Without, they are read packet by packet, which works as well.</summary>
internal static class RingChecks
{
    /// <summary>One check, which fails nobody: a refusal costs some processor time, and shows nowhere else.</summary>
    public static Check Groups(RingFacts facts)
    {
        string? why = WhyNot(facts);
        return new()
        {
            Id = "io-uring",
            Status = CheckStatus.Ok,
            Summary = why is null
                ? "io_uring may be used: under load, packets are read in groups"
                : "io_uring is not used: every packet is read by a system call of its own, which costs more under load",
            Evidence =
            [
                Seen("answer", facts.Answer == Errno.None ? "ok" : facts.Answer.ToString()),
                Seen("kernel.io_uring_disabled", facts.Disabled ?? "no such key"),
                Seen("seccomp", facts.IsFiltered ? "a filter" : "none"),
                Seen("kernel", facts.Release),
            ],
            Notes = why is null ? [] : [why],
        };
    }

    // In the order in which they decide.
    private static string? WhyNot(RingFacts facts) => facts switch
    {
        { IsOff: true } => $"{RingSwitch.Variable}=1 in the environment turns it off",
        { Answer: Errno.EPERM, Disabled: "2" } => "kernel.io_uring_disabled is 2, which forbids it to everybody: sysctl kernel.io_uring_disabled=0",
        { Answer: Errno.EPERM, Disabled: "1" } =>
            $"kernel.io_uring_disabled is 1, which leaves it to CAP_SYS_ADMIN and the group {facts.Group ?? "kernel.io_uring_group"}: " +
            "join it, or sysctl kernel.io_uring_disabled=0",
        { Answer: Errno.EPERM or Errno.EACCES, IsFiltered: true } =>
            "a filter of system calls (seccomp) forbids it, as those of Docker and podman do: --security-opt seccomp=FILE with one that allows io_uring_*",
        { Answer: Errno.EPERM or Errno.EACCES } => "a security module forbids it",
        { Answer: Errno.ENOSYS, IsFiltered: true } => "a filter of system calls (seccomp), or the kernel, has no io_uring",
        { Answer: Errno.ENOSYS } => "this kernel was built without it (CONFIG_IO_URING)",
        { Answer: Errno.ENOMEM or Errno.EMFILE or Errno.ENFILE } => $"{LinuxException.Describe(facts.Answer)}: a limit of this process (ulimit -l, ulimit -n)",
        { Answer: not Errno.None } => $"the kernel answers: {LinuxException.Describe(facts.Answer)}",
        { IsOldKernel: true } => $"cards can be read by it from Linux 6.4 on; this is {facts.Release}",
        _ => null,
    };
}
