// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Globalization;
using Tunbridge.Linux;

namespace Tunbridge.Doctor.Facts;

/// <summary>Who this process is, and what it may do here.</summary>
internal sealed record Privileges
{
    /// <summary>The effective user.</summary>
    public required uint UserId { get; init; }

    /// <summary>Every group it belongs to.</summary>
    public required IReadOnlyList<uint> Groups { get; init; }

    /// <summary>Whether it may administer the network namespace it is in; null when that could not be asked.</summary>
    /// <remarks>CAP_NET_ADMIN in effect is not enough: the namespace must belong to this user namespace.</remarks>
    public required bool? MayAdministerNetwork { get; init; }

    /// <summary>Whether CAP_NET_ADMIN is in effect.</summary>
    public required bool HasNetAdmin { get; init; }

    /// <summary>Whether CAP_SYS_ADMIN is in effect.</summary>
    public required bool HasSysAdmin { get; init; }

    /// <summary>Whether CAP_SYS_MODULE is in effect.</summary>
    public required bool HasSysModule { get; init; }

    /// <summary>Whether CAP_MKNOD is in effect.</summary>
    public required bool HasMknod { get; init; }

    /// <summary>Whether the process is in a user namespace of its own, where capabilities reach less far.</summary>
    public required bool IsInUserNamespace { get; init; }

    /// <summary>Whether ordinary users may make user namespaces, so that <c>unshare -Urn</c> works.</summary>
    public required bool UserNamespacesAreAllowed { get; init; }

    /// <summary>The user as a name where it has one.</summary>
    public string UserName => UserDatabase.FindUserName(UserId) ?? UserId.ToString(CultureInfo.InvariantCulture);

    /// <summary>Looks.</summary>
    public static Privileges Read(DoctorRoot root) => new()
    {
        UserId = ProcessIdentity.EffectiveUserId,
        Groups = ReadGroups(root),
        MayAdministerNetwork = AskKernel(),
        HasNetAdmin = ProcessIdentity.Has(Capability.NetAdmin),
        HasSysAdmin = ProcessIdentity.Has(Capability.SysAdmin),
        HasSysModule = ProcessIdentity.Has(Capability.SysModule),
        HasMknod = ProcessIdentity.Has(Capability.Mknod),
        IsInUserNamespace = root.ReadText("/proc/self/uid_map") is { } map &&
            map.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is not ["0", "0", "4294967295"],
        UserNamespacesAreAllowed =
            root.ReadWord("/proc/sys/user/max_user_namespaces") is not (null or "0") &&
            root.ReadWord("/proc/sys/kernel/unprivileged_userns_clone") is null or "1" &&
            root.ReadWord("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") is null or "0",
    };

    private static List<uint> ReadGroups(DoctorRoot root)
    {
        List<uint> groups = [ProcessIdentity.EffectiveGroupId];
        string? line = root.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith("Groups:", StringComparison.Ordinal));
        foreach (string word in (line?[7..] ?? "").Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (uint.TryParse(word, CultureInfo.InvariantCulture, out uint group) && !groups.Contains(group))
                groups.Add(group);
        }

        return groups;
    }

    /// <summary>Asks rtnetlink to change an interface that cannot exist: EPERM comes before ENODEV.</summary>
    private static bool? AskKernel()
    {
        // struct nlmsghdr (length, type, flags, sequence, port), struct ifinfomsg (family, type, index, flags, change).
        const int Length = 32;
        const ushort RtmSetLink = 19, Request = 1, Acknowledge = 4, NlmsgError = 2;
        Span<byte> message = stackalloc byte[Length];
        message.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(message, Length);
        BinaryPrimitives.WriteUInt16LittleEndian(message[4..], RtmSetLink);
        BinaryPrimitives.WriteUInt16LittleEndian(message[6..], Request | Acknowledge);
        BinaryPrimitives.WriteInt32LittleEndian(message[20..], int.MaxValue);
        try
        {
            using NetlinkSocket socket = NetlinkSocket.Open();
            socket.Send(message);
            socket.Wait();
            Span<byte> reply = stackalloc byte[512];
            if (socket.TryReceive(reply, out int length) != Errno.None || length < 20 ||
                BinaryPrimitives.ReadUInt16LittleEndian(reply[4..]) != NlmsgError)
            {
                return null;
            }

            return BinaryPrimitives.ReadInt32LittleEndian(reply[16..]) switch
            {
                -(int)Errno.EPERM => false,
                -(int)Errno.ENODEV => true,
                _ => null,
            };
        }
        catch (LinuxException)
        {
            // A seccomp filter or RestrictAddressFamilies= keeps netlink away: there is no answer.
            return null;
        }
    }
}
