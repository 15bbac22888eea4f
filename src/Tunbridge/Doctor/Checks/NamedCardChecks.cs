// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Tunbridge.Doctor.Facts;
using Tunbridge.Linux;
using static Tunbridge.Doctor.Check;

namespace Tunbridge.Doctor.Checks;

/// <summary>Could this process attach to one card, the way it means to?</summary>
internal static class NamedCardChecks
{
    /// <summary>All of them, for an existing interface; one when there is none.</summary>
    /// <param name="request">The card and how the caller means to open it.</param>
    /// <param name="network">The interfaces.</param>
    /// <param name="who">The process.</param>
    /// <param name="holders">Who has the card open, as far as that may be seen.</param>
    public static IEnumerable<Check> All(
        DoctorRequest request, NetworkFacts network, Privileges who, IReadOnlyList<Holder> holders)
    {
        if (network.Refusal is not null)
        {
            yield return new() { Id = "card", Status = CheckStatus.Skip, Summary = $"{request.Card} cannot be looked up" };
            yield break;
        }

        if (network.Interfaces.FirstOrDefault(i => i.Name == request.Card) is not { } card)
        {
            bool may = who.MayAdministerNetwork ?? who.HasNetAdmin;
            yield return new()
            {
                Id = "card",
                Status = may ? CheckStatus.Ok : CheckStatus.Fail,
                Summary = $"there is no {request.Card}" + (may ? "; it can be created" : ", and this process may not " +
                    "create it"),
                Fix = may ? null : new()
                {
                    Explanation = $"Let root create it for {who.UserName}.",
                    Commands = [$"sudo tunbridge add {request.Card} --kind {(request.AsTap == false ? "tun" : "tap")} --owner {who.UserName}"],
                },
            };
            yield break;
        }

        if (!card.IsCard)
        {
            yield return new()
            {
                Id = "card",
                Status = CheckStatus.Fail,
                Summary = $"{card.Name} is no TUN or TAP but a {card.ForeignKind ?? "hardware"} interface: TUNSETIFF " +
                    "gives EINVAL",
                Fix = new() { Explanation = "Take another name for the card." },
            };
            yield break;
        }

        yield return Describe(card);
        yield return Kind(card, request);
        yield return Queues(card, request);
        yield return Access(card, who);
        yield return Busy(card, holders);
        yield return State(card);
    }

    private static Check Describe(CardFacts card) => new()
    {
        Id = "card",
        Status = CheckStatus.Ok,
        Summary = $"{card.Name} is a {(card.IsMultiQueue ? "multi-queue" : "single-queue")} {card.KindWord}" +
            (card.IsPersistent ? ", persistent" : "") + (card.HasVirtioHeader ? ", with virtio header" : "") +
            (card.HasPacketInformation ? ", with packet information" : ""),
        Evidence =
        [
            Seen("kind", card.IsTap ? "tap" : "tun"), Seen("multi_queue", Word(card.IsMultiQueue)),
            Seen("vnet_hdr", Word(card.HasVirtioHeader)), Seen("pi", Word(card.HasPacketInformation)),
            Seen("persist", Word(card.IsPersistent)),
        ],
        Notes = card.HasVirtioHeader
            ? [$"a program that opens {card.Name} without IFF_VNET_HDR switches its virtio header off, without an error"]
            : [],
    };

    private static Check Kind(CardFacts card, DoctorRequest request)
    {
        if (request.AsTap is not { } asTap)
            return new() { Id = "card-kind", Status = CheckStatus.Skip, Summary = "not compared: give --kind tun or --kind tap" };
        if (asTap == card.IsTap)
            return new() { Id = "card-kind", Status = CheckStatus.Ok, Summary = $"{card.Name} is a {card.KindWord}, as asked" };
        string asked = asTap ? "TAP" : "TUN";
        return new()
        {
            Id = "card-kind",
            Status = CheckStatus.Fail,
            Summary = $"{card.Name} exists as {card.KindWord}, and you ask for {asked}: the bit that differs is " +
                $"{(card.IsTap ? "IFF_TAP" : "IFF_TUN")} (TUNSETIFF gives EINVAL)",
            Evidence = [Seen("exists", $"IFF_{card.KindWord}"), Seen("asked", $"IFF_{asked}")],
            Fix = new()
            {
                Explanation = "A card keeps its kind for life: open it as what it is, or delete it and create it anew.",
                Commands = [$"tunbridge delete {card.Name}{card.Force}", $"tunbridge add {card.Name} --kind {(asTap ? "tap" : "tun")}"],
            },
        };
    }

    private static Check Queues(CardFacts card, DoctorRequest request)
    {
        if (card.IsMultiQueue == request.MultiQueue)
        {
            return new()
            {
                Id = "card-queues",
                Status = CheckStatus.Ok,
                Summary = $"{card.Name} is {(card.IsMultiQueue ? "multi-queue" : "single-queue")}, as asked",
            };
        }

        return new()
        {
            Id = "card-queues",
            Status = CheckStatus.Fail,
            Summary = card.IsMultiQueue
                ? $"{card.Name} exists as multi-queue, and you ask for one queue: the bit that differs is " +
                    "IFF_MULTI_QUEUE, missing in the request (TUNSETIFF gives EINVAL)"
                : $"{card.Name} exists as single-queue, and you ask for several: the bit that differs is " +
                    "IFF_MULTI_QUEUE, too many in the request (TUNSETIFF gives EINVAL)",
            Evidence =
            [
                Seen("exists", card.IsMultiQueue ? "IFF_MULTI_QUEUE" : "no IFF_MULTI_QUEUE"),
                Seen("asked", request.MultiQueue ? "IFF_MULTI_QUEUE" : "no IFF_MULTI_QUEUE"),
            ],
            Fix = new()
            {
                Explanation = card.IsMultiQueue
                    ? "Open it with IFF_MULTI_QUEUE (--multi-queue here), or create it anew without."
                    : "Open it without IFF_MULTI_QUEUE, or create it anew with.",
                Commands =
                [
                    $"tunbridge delete {card.Name}{card.Force}",
                    $"tunbridge add {card.Name} --kind {(card.IsTap ? "tap" : "tun")}{(card.IsMultiQueue ? "" : " --multi-queue")}",
                ],
            },
        };
    }

    private static Check Access(CardFacts card, Privileges who)
    {
        bool admin = who.MayAdministerNetwork ?? who.HasNetAdmin;
        bool lets = card.LetsIn(who);
        return new()
        {
            Id = "card-access",
            Status = admin || lets ? CheckStatus.Ok : CheckStatus.Fail,
            Summary = admin || lets
                ? $"user {who.UserName} may attach to {card.Name}" + (lets ? "" : " (CAP_NET_ADMIN)")
                : $"user {who.UserName} may not attach to {card.Name}: its owner or group is another (TUNSETIFF " +
                    "gives EPERM)",
            Evidence = [Seen("owner", NameOf(card.Owner, isGroup: false)), Seen("group", NameOf(card.Group, isGroup: true))],
            Fix = admin || lets ? null : new()
            {
                Explanation = $"Let root make {who.UserName} the owner.",
                Commands = [$"sudo tunbridge set {card.Name} --owner {who.UserName}{card.Force}"],
            },
        };
    }

    private static Check Busy(CardFacts card, IReadOnlyList<Holder> holders)
    {
        string who = string.Join(", ", holders);
        KeyValuePair<string, string>[] evidence =
        [
            .. holders.SelectMany(h => new[]
            {
                Seen("holder-pid", h.ProcessId.ToString(CultureInfo.InvariantCulture)), Seen("holder-command", h.Command),
                Seen("holder-unit", h.Unit ?? "none"),
            }),
        ];
        if (holders.Count == 0 && !card.HasCarrier)
            return new() { Id = "card-busy", Status = CheckStatus.Ok, Summary = $"nobody is attached to {card.Name}" };
        if (card.IsMultiQueue)
        {
            return new()
            {
                Id = "card-busy",
                Status = CheckStatus.Ok,
                Summary = $"{card.Name} takes further queues" + (holders.Count > 0 ? $" beside those of {who}" : ""),
                Evidence = evidence,
            };
        }

        return new()
        {
            Id = "card-busy",
            Status = CheckStatus.Fail,
            Summary = holders.Count > 0
                ? $"{card.Name} is held by {who}: a single-queue card takes one program at a time (TUNSETIFF gives " +
                    "EBUSY)"
                : $"{card.Name} is held by a process that this user may not see (TUNSETIFF gives EBUSY)",
            Evidence = evidence,
            Fix = new()
            {
                Explanation = holders.Count > 0
                    ? "Stop the holder, or create the card with --multi-queue and open it so from both."
                    : "Ask as root who it is.",
                Commands = holders.Count > 0
                    ? [.. holders.Select(h => h.Unit is { } unit ? $"systemctl stop {unit}" : $"kill {h.ProcessId}").Distinct()]
                    : [$"sudo tunbridge doctor {card.Name}"],
            },
        };
    }

    private static Check State(CardFacts card)
    {
        if (card.IsUp)
        {
            return new()
            {
                Id = "card-state",
                Status = CheckStatus.Ok,
                Summary = $"{card.Name} is up" + (card.HasCarrier ? "" : "; it has carrier once a program is attached"),
            };
        }

        return new()
        {
            Id = "card-state",
            Status = CheckStatus.Warn,
            Summary = $"{card.Name} is down: writes give EIO and reads nothing",
            Fix = new() { Explanation = "Bring it up.", Commands = [$"tunbridge set {card.Name} --up{card.Force}"] },
        };
    }

    private static string NameOf(uint? id, bool isGroup) => id is not { } number
        ? "none"
        : $"{(isGroup ? UserDatabase.FindGroupName(number) : UserDatabase.FindUserName(number)) ?? "?"} ({number})";

    private static string Word(bool value) => value ? "yes" : "no";
}
