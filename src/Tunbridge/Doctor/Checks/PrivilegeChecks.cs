// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Doctor.Facts;
using Tunbridge.Linux;
using static Tunbridge.Doctor.Check;

namespace Tunbridge.Doctor.Checks;

/// <summary>May this process make cards, and does making one work?</summary>
internal static class PrivilegeChecks
{
    private static readonly (TunFlags Flags, string Name)[] s_probes =
    [
        (TunFlags.Tun | TunFlags.NoPacketInformation, "TUN"),
        (TunFlags.Tap | TunFlags.NoPacketInformation, "TAP"),
        (TunFlags.Tap | TunFlags.NoPacketInformation | TunFlags.MultiQueue | TunFlags.VirtioHeader, "multi-queue TAP with virtio header"),
    ];

    /// <summary>CAP_NET_ADMIN over the network namespace the process is in.</summary>
    /// <param name="who">The process.</param>
    /// <param name="place">Where it runs.</param>
    /// <param name="attachable">A card this process may attach to without the capability, or null.</param>
    public static Check Administer(Privileges who, Surroundings place, string? attachable)
    {
        KeyValuePair<string, string>[] evidence =
        [
            Seen("user", $"{who.UserName} ({who.UserId})"),
            Seen("CAP_NET_ADMIN", who.HasNetAdmin ? "in effect" : "not in effect"),
            Seen("user-namespace", who.IsInUserNamespace ? "one of its own" : "the machine's"),
        ];
        bool may = who.MayAdministerNetwork ?? who.HasNetAdmin;
        if (may)
        {
            return new()
            {
                Id = "capability",
                Status = CheckStatus.Ok,
                Summary = who.MayAdministerNetwork is null
                    ? "CAP_NET_ADMIN is in effect"
                    : "this process may administer this network namespace (CAP_NET_ADMIN)",
                Evidence = evidence,
            };
        }

        string what = who.HasNetAdmin
            ? "CAP_NET_ADMIN is in effect, but this network namespace belongs to another user namespace"
            : $"no CAP_NET_ADMIN: user {who.UserName} may not create cards here";
        return new()
        {
            Id = "capability",
            Status = attachable is null ? CheckStatus.Fail : CheckStatus.Warn,
            Summary = attachable is null ? what : $"{what}, but may attach to {attachable}",
            Evidence = evidence,
            Fix = Remedies.CapabilityMissing(place, who),
        };
    }

    /// <summary>Makes a TUN and a TAP in a network namespace of its own.</summary>
    public static Check Probe(DoctorRoot root, DriverFacts driver, Privileges who)
    {
        Check check = new() { Id = "probe", Status = CheckStatus.Skip, Summary = "" };
        if (driver.Features is null)
            return check with { Summary = "there is no open node to try" };
        if (!who.HasNetAdmin)
            return check with { Summary = "no card was tried: making one needs CAP_NET_ADMIN in a namespace of one's own too" };
        NetworkNamespace own;
        try
        {
            own = NetworkNamespace.Create();
        }
        catch (LinuxException e)
        {
            return check with
            {
                Summary = $"no card was tried: a network namespace of its own is refused ({e.Errno}; it needs " +
                    "CAP_SYS_ADMIN), and none is made in the caller's",
            };
        }

        using (own)
        {
            List<string> made = [];
            foreach ((TunFlags flags, string name) in s_probes)
            {
                if ((flags & ~driver.Features.Value) != 0)
                    continue;
                if (TryMake(own, root, flags) is { } refusal)
                {
                    return check with
                    {
                        Status = CheckStatus.Fail,
                        Summary = $"making a {name} card in a network namespace of its own is refused: " +
                            $"{refusal.Message}",
                        Evidence = [Seen("made-before", made.Count == 0 ? "none" : string.Join(", ", made))],
                        Fix = new()
                        {
                            Explanation = "Device, driver and capability are there, so a security module or a " +
                                "seccomp filter refuses TUNSETIFF: its log names it.",
                            Commands = ["journalctl -k -g 'apparmor=\"DENIED\"|avc: *denied|SECCOMP'"],
                        },
                    };
                }

                made.Add(name);
            }

            return check with
            {
                Status = CheckStatus.Ok,
                Summary = $"made and removed in a network namespace of its own: {string.Join(", ", made)}",
            };
        }
    }

    private static LinuxException? TryMake(NetworkNamespace own, DoctorRoot root, TunFlags flags)
    {
        try
        {
            return own.Run(() =>
            {
                using FileDescriptor descriptor = TunControl.Open(root.At(TunControl.ClonePath));
                // The card is not persistent: it goes with the descriptor, and the namespace with it.
                Errno errno = TunControl.TrySetInterface(descriptor, "tbdoctor%d", flags, out _);
                return errno == Errno.None ? null : LinuxException.Create(errno, "TUNSETIFF", "tbdoctor%d");
            });
        }
        catch (LinuxException e)
        {
            return e;
        }
    }
}
