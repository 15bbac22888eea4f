// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Devices;

/// <summary>Why TUNSETIFF was refused: the wish compared with the card that is there.</summary>
internal static class AttachDiagnosis
{
    private const string CardKind = "tun"; // what rtnetlink calls TUN and TAP alike

    internal static LinuxException Explain(Errno errno, string name, TunFlags flags, DeviceOptions? options)
    {
        string target = name.Length == 0 ? Kind(flags) : name;
        string? hint = errno switch
        {
            Errno.EPERM => ExplainPermission(name, flags, Find(name, options)),
            Errno.EINVAL => ExplainMismatch(name, flags, Find(name, options)),
            Errno.EBUSY => ExplainBusy(name, flags, options),
            Errno.E2BIG => $"{name} has 256 queues, the most there can be; detached ones count too: close some.",
            Errno.EEXIST => "The descriptor is attached to a card already: open the node anew for another one.",
            Errno.ENFILE or Errno.ENOSPC => "No number is left for the template: give a name.",
            _ => null,
        };
        return LinuxException.Create(errno, "TUNSETIFF", target, null, hint);
    }

    /// <summary>The index of a card that must exist.</summary>
    internal static int RequireCard(string name, NetworkNamespace? home) => RequireLink(name, home).Index;

    /// <summary>The kind of a card that must exist and be one of the driver.</summary>
    internal static TunLinkInfo RequireTun(string name, NetworkNamespace? home)
    {
        Link link = RequireLink(name, home);
        return link.Tun ?? throw LinuxException.Create(
            Errno.EINVAL, "attach", name, null,
            $"{name} is {Describe(link)}, no card of the TUN/TAP driver: choose another name.");
    }

    private static Link RequireLink(string name, NetworkNamespace? home)
    {
        using RouteNetlink netlink = Open(home);
        return netlink.Links.TryGet(name) ?? throw LinuxException.Create(
            Errno.ENODEV, "attach", name, null,
            "There is no card of that name: `tunbridge list` shows the cards; root creates one with " +
            $"`tunbridge add {name} --kind tap`.");
    }

    /// <summary>
    /// Checks that the card is still the one found: it may have gone, so that attaching created another.
    /// </summary>
    internal static void RequireIndex(string name, NetworkNamespace? home, int index)
    {
        using RouteNetlink netlink = Open(home);
        if (netlink.Links.TryGet(name)?.Index != index)
        {
            throw LinuxException.Create(
                Errno.ENODEV, "attach", name, null, "The card was deleted at this moment: create it again.");
        }
    }

    private static string ExplainPermission(string name, TunFlags flags, Link? card)
    {
        if ((flags & TunFlags.NapiFragments) != 0)
            return "NapiFragments needs CAP_NET_ADMIN outside every user namespace: run as real root, or leave it out.";
        if (card?.Tun is not TunLinkInfo tun)
        {
            string kind = (flags & TunFlags.Tap) != 0 ? "tap" : "tun";
            return "Creating a card needs CAP_NET_ADMIN: run as root, or let root make it for this user once: " +
                $"`tunbridge add {(name.Length == 0 ? kind + "0" : name)} --kind {kind} --owner {Me}`, then attach.";
        }

        string owner = tun.Owner is uint uid ? $"user {UserDatabase.FindUserName(uid) ?? "?"} (uid {uid})" : "any user";
        string group = tun.Group is uint gid ? $" in group {UserDatabase.FindGroupName(gid) ?? "?"} (gid {gid})" : "";
        return $"{name} may be attached to by {owner}{group}, or with CAP_NET_ADMIN; this process runs as uid " +
            $"{ProcessIdentity.EffectiveUserId}, gid {ProcessIdentity.EffectiveGroupId}: let root give it to you with " +
            $"`tunbridge set {name} --owner {Me}`.";
    }

    private static string ExplainMismatch(string name, TunFlags flags, Link? card)
    {
        if (card is null)
        {
            if ((flags & TunFlags.NapiFragments) != 0)
                return "NapiFragments goes only with Napi, and only on a TAP.";
            return name.Length > 0 && InterfaceName.FindMistake(name, allowTemplate: true) is string mistake
                ? $"No card can be called so: {mistake}."
                : "The kernel refuses these flags together: TUNGETFEATURES (see `tunbridge doctor`) shows what it knows.";
        }

        if (card.Kind != CardKind || card.Tun is not TunLinkInfo tun)
            return $"{name} is {Describe(card)}, no card of the TUN/TAP driver: choose another name.";
        string has = Describe(tun.IsTap, tun.IsMultiQueue);
        string wish = Describe((flags & TunFlags.Tap) != 0, (flags & TunFlags.MultiQueue) != 0);
        if (has == wish && (flags & TunFlags.NapiFragments) != 0)
            return "NapiFragments goes only with Napi, and only on a TAP.";
        return $"{name} exists as {has}, you asked for {wish}: " +
            $"open it as it is, or delete it first (`tunbridge delete {name}`).";
    }

    private static string? ExplainBusy(string name, TunFlags flags, DeviceOptions? options)
    {
        Link? card = Find(name, options);
        if (card is null)
        {
            if (options?.InterfaceIndex is not int index)
                return null;
            using RouteNetlink netlink = Open(options.Namespace);
            string owner = netlink.Links.TryGet(index)?.Name ?? "another interface";
            return $"Index {index} belongs to {owner}: choose another, or none.";
        }

        if ((flags & TunFlags.Exclusive) != 0)
        {
            return $"{name} exists already and Exclusive was asked for: choose another name, " +
                $"or delete it (`tunbridge delete {name}`).";
        }

        IReadOnlyList<CardHolder> holders = CardHolders.Find(name, options?.Namespace);
        string held = holders.Count == 0
            ? "held by a process of another user or container"
            : $"held by {string.Join(", ", holders)}";
        return $"{name} has a single queue, {held}: stop the holder, or create the card with MultiQueue.";
    }

    private static string Describe(Link card) => card switch
    {
        { Type: LinkType.Loopback } => "a loopback interface",
        { Kind: string kind } => $"an interface of kind {kind}",
        _ => "an interface of a hardware driver",
    };

    private static string Describe(bool tap, bool multiQueue) =>
        $"{(tap ? "TAP" : "TUN")} {(multiQueue ? "multi-queue" : "single-queue")}";

    private static string Kind(TunFlags flags) => (flags & TunFlags.Tap) != 0 ? "a new TAP" : "a new TUN";

    private static string Me
    {
        get
        {
            uint id = ProcessIdentity.EffectiveUserId;
            return UserDatabase.FindUserName(id) ?? id.ToString();
        }
    }

    private static Link? Find(string name, DeviceOptions? options)
    {
        if (name.Length == 0)
            return null;
        try
        {
            using RouteNetlink netlink = Open(options?.Namespace);
            return netlink.Links.TryGet(name);
        }
        catch (LinuxException)
        {
            // The refusal is reported in any case; without the card its hint is the general one.
            return null;
        }
    }

    private static RouteNetlink Open(NetworkNamespace? home) =>
        home is null ? RouteNetlink.Open() : RouteNetlink.Open(home);
}
