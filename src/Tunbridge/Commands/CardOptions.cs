// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using Tunbridge.Changes;
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Commands;

/// <summary>The options that say what a card is like, for add and set.</summary>
internal sealed class CardOptions
{
    internal Option<string?> Owner { get; } =
        new("--owner", "-o") { Description = "The user who may attach without privilege (name or number)", HelpName = "USER" };

    internal Option<string?> Group { get; } =
        new("--group", "-g") { Description = "The group that may attach without privilege (name or number)", HelpName = "GROUP" };

    internal Option<string[]> Addresses { get; } =
        new("--address", "-a") { Description = "Give it this address, with prefix length; may be repeated", HelpName = "CIDR" };

    internal Option<string?> Mtu { get; } =
        new("--mtu") { Description = "The largest packet, in bytes (TAP 68 to 65521, TUN 68 to 65535)", HelpName = "N" };

    internal Option<string?> Mac { get; } =
        new("--mac") { Description = "The MAC address of a TAP, such as 02:00:00:00:00:01", HelpName = "MAC" };

    internal Option<string?> TransmitQueueLength { get; } =
        new("--txqueuelen") { Description = "How many packets wait for the reader before some are dropped", HelpName = "N" };

    internal Option<string?> Bridge { get; } =
        new("--bridge") { Description = "Make a TAP a port of this bridge, which must exist", HelpName = "BRIDGE" };

    internal Option<bool> Promiscuous { get; } = new("--promisc") { Description = "Take frames for other addresses too" };

    internal Option<bool> Up { get; } = new("--up") { Description = "Bring it up" };

    internal Option<string?> Description { get; } =
        new("--description") { Description = "What it is for, in words; an empty text takes the words away", HelpName = "TEXT" };

    internal Option<string[]> AlternativeNames { get; } =
        new("--alt-name") { Description = "Give it this further name; may be repeated", HelpName = "NAME" };

    internal void AddTo(Command command)
    {
        command.Add(Owner);
        command.Add(Group);
        command.Add(Addresses);
        command.Add(Mtu);
        command.Add(Mac);
        command.Add(TransmitQueueLength);
        command.Add(Bridge);
        command.Add(Promiscuous);
        command.Add(Up);
        command.Add(Description);
        command.Add(AlternativeNames);
    }

    /// <summary>What the command line says of a card; nothing is asked of the kernel but users and groups.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="name">The card.</param>
    /// <param name="kind">Its kind, or null when that is not known yet: what every kind refuses is refused.</param>
    /// <exception cref="UsageException">A value that cannot be.</exception>
    internal CardSettings Read(ParseResult parsed, string name, CardKind? kind)
    {
        string? bridge = parsed.GetValue(Bridge);
        if (bridge is not null && InterfaceName.FindMistake(bridge) is { } misnamed)
            throw new UsageException($"--bridge takes the name of a bridge: {misnamed}");
        HardwareAddress? mac = ReadMac(parsed.GetValue(Mac));
        if (kind == CardKind.Tun && bridge is not null)
            throw new UsageException($"{name} is a TUN, which cannot be a bridge port: bridges carry Ethernet frames, so use a TAP");
        if (kind == CardKind.Tun && mac is not null)
            throw new UsageException($"{name} is a TUN, which has no MAC address: only a TAP has one");
        if (parsed.GetValue(Description) is { Length: > 0 } text && OwnershipMark.FindDescriptionMistake(text) is { } undescribed)
            throw new UsageException($"--description {undescribed}");
        string[] names = [.. (parsed.GetValue(AlternativeNames) ?? []).Distinct()];
        if (names.Select(n => InterfaceName.FindAlternativeMistake(n, name)).FirstOrDefault(m => m is not null) is { } unnamed)
            throw new UsageException($"--alt-name: {unnamed}");
        int? mtu = ReadNumber("--mtu", parsed.GetValue(Mtu));
        if (mtu is { } bytes && CardSettings.FindMtuMistake(kind, bytes) is { } mistake)
            throw new UsageException(mistake);
        return new()
        {
            Name = name,
            Kind = kind ?? CardKind.Tap,
            Owner = ReadId(parsed.GetValue(Owner), "user", UserDatabase.FindUserId),
            Group = ReadId(parsed.GetValue(Group), "group", UserDatabase.FindGroupId),
            Addresses = parsed.GetValue(Addresses) is { Length: > 0 } texts ? [.. texts.Select(ReadAddress)] : null,
            Mtu = mtu,
            Mac = mac,
            TransmitQueueLength = ReadNumber("--txqueuelen", parsed.GetValue(TransmitQueueLength)),
            Bridge = bridge,
            Promiscuous = parsed.GetValue(Promiscuous) ? true : null,
            Up = parsed.GetValue(Up) ? true : null,
            AlternativeNames = names.Length > 0 ? names : null,
        };
    }

    internal static IpPrefix ReadAddress(string text) =>
        CardAddress.TryParse(text, out IpPrefix address, out string mistake) ? address : throw new UsageException(mistake);

    private static HardwareAddress? ReadMac(string? text)
    {
        if (text is null)
            return null;
        return CardMac.TryParse(text, out HardwareAddress mac, out string mistake) ? mac : throw new UsageException(mistake);
    }

    private static int? ReadNumber(string option, string? text)
    {
        if (text is null)
            return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new UsageException($"{option} takes a whole number, not '{text}'");
    }

    private static uint? ReadId(string? text, string what, Func<string, uint?> find)
    {
        if (text is null)
            return null;
        // A number that no user has is allowed, as tunctl and ip allow it; -1 is the kernel's "nobody".
        if (find(text) is { } id)
            return id;
        return uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) && number != uint.MaxValue
            ? number
            : throw new UsageException($"there is no {what} '{text}': give the name of one that exists, or a number");
    }
}
