// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Netlink;
using Tunbridge.OpenVpn.Settings;

namespace Tunbridge.DropIns.Openvpn;

/// <summary><c>--mktun</c> and <c>--rmtun</c>: makes a card persistent, or no longer so, in openvpn's words.</summary>
internal static class CardMaking
{
    private const int LongestName = 15;

    /// <returns>The exit code.</returns>
    internal static int Run(OpenvpnRequest request, OpenvpnLog log)
    {
        if (request.Last("dev")?.At(0) is not { } wanted)
            throw new OptionsErrorException("You must define TUN/TAP device (--dev)");
        bool stays = request.Has("mktun") && !request.Has("rmtun");
        string type = request.Last("dev-type")?.At(0) ?? wanted;
        bool isTap = type.StartsWith("tap", StringComparison.Ordinal);
        if (!isTap && type.StartsWith("tun", StringComparison.Ordinal))
            log.Write(0, "Note: --mktun does not support DCO. Creating TUN interface.");
        else if (type == "null")
            return log.Fatal($"Cannot ioctl TUNSETPERSIST({(stays ? 1 : 0)}) null: Bad file descriptor (errno=9)");
        else if (!isTap)
            return log.Fatal($"I don't recognize device {wanted} as a tun or tap device");

        string node = request.Last("dev-node")?.At(0) ?? TunControl.ClonePath;
        using FileDescriptor? device = FileDescriptor.TryOpen(node, OpenMode.ReadWrite, out Errno errno);
        if (device is null)
            return log.Fatal($"ERROR: Cannot open TUN/TAP dev {node}: {Describe(errno)}");
        string name = wanted is "tun" or "tap" ? $"{wanted}%d" : wanted[..Math.Min(wanted.Length, LongestName)];
        errno = TunControl.TrySetInterface(device, name, (isTap ? TunFlags.Tap : TunFlags.Tun) | TunFlags.NoPacketInformation, out string given);
        if (errno != Errno.None)
            return log.Fatal($"ERROR: Cannot ioctl TUNSETIFF {wanted}: {Describe(errno)}");
        log.Write(1, $"TUN/TAP device {given} opened");
        errno = TunControl.TrySetPersistent(device, stays);
        if (errno != Errno.None)
            return log.Fatal($"Cannot ioctl TUNSETPERSIST({(stays ? 1 : 0)}) {given}: {Describe(errno)}");
        if (Own(request, device, given, out string mistake) is false)
            return log.Fatal(mistake);
        log.Write(1, $"Persist state set to: {(stays ? "ON" : "OFF")}");
        if (stays)
            SetLink(request, given, log);
        return ExitCode.Done;
    }

    private static bool Own(OpenvpnRequest request, FileDescriptor device, string name, out string mistake)
    {
        mistake = "";
        if (request.Last("user")?.At(0) is { } user)
        {
            if (UserDatabase.FindUserId(user) is not uint id)
                mistake = $"failed to find UID for user {user}";
            else if (TunControl.TrySetOwner(device, id) is Errno errno and not Errno.None)
                mistake = $"Cannot ioctl TUNSETOWNER({user}) {name}: {Describe(errno)}";
        }

        if (mistake.Length == 0 && request.Last("group")?.At(0) is { } group)
        {
            if (UserDatabase.FindGroupId(group) is not uint id)
                mistake = $"failed to find GID for group {group}";
            else if (TunControl.TrySetGroup(device, id) is Errno errno and not Errno.None)
                mistake = $"Cannot ioctl TUNSETGROUP({group}) {name}: {Describe(errno)}";
        }

        return mistake.Length == 0;
    }

    private static void SetLink(OpenvpnRequest request, string name, OpenvpnLog log)
    {
        Directive? address = request.Last("lladdr");
        int? length = request.Last("txqueuelen") is null ? null : request.Number("txqueuelen", 0);
        if (address?.At(0) is null && length is null)
            return;
        try
        {
            using RouteNetlink netlink = RouteNetlink.Open();
            if (length is int packets and > 0)
                netlink.Links.Change(name, new LinkChange { TransmitQueueLength = packets });
            if (address?.At(0) is not { } text)
                return;
            log.Write(1, $"net_addr_ll_set: lladdr {text} for {name}");
            if (!HardwareAddress.TryParse(text, out HardwareAddress mac))
                log.Write(1, $"'{text}' is no MAC address");
            else
            {
                netlink.Links.Change(name, new LinkChange { Address = mac });
                log.Write(1, $"TUN/TAP link layer address set to {text}");
            }
        }
        catch (LinuxException e)
        {
            // The card is there all the same, as openvpn leaves it.
            log.Write(1, $"{e.Message}");
        }
    }

    private static string Describe(Errno errno) => $"{LinuxException.Describe(errno)} (errno={(int)errno})";
}
