// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Creates a persistent TUN or TAP card, owner and group with it, all or nothing.</summary>
/// <remarks>
/// By ioctl: the kernel creates these cards no other way. Persistence comes last, so that a card whose owner is refused
/// goes when its descriptor closes.
/// </remarks>
public sealed class CreateCardChange : Change
{
    private readonly CardSettings _settings;

    internal CreateCardChange(CardSettings settings)
        : base(settings.Name) => _settings = settings;

    /// <summary>What it carries.</summary>
    public CardKind Kind => _settings.Kind;

    /// <inheritdoc/>
    public override string Action => "create";

    /// <inheritdoc/>
    public override string Description
    {
        get
        {
            StringBuilder text = new($"create the {KindName} {Card}");
            if (_settings.Owner is uint user)
                text.Append($" for {CardOwner.DescribeUser(user)}");
            if (_settings.Group is uint group)
                text.Append($"{(_settings.Owner is null ? " for" : " and")} {CardOwner.DescribeGroup(group)}");
            if (_settings.Mark is OwnershipMark mark)
                text.Append($", marked '{mark}'");
            return text.ToString();
        }
    }

    /// <inheritdoc/>
    public override string Operation
    {
        get
        {
            StringBuilder text = new($"open {TunControl.ClonePath}, TUNSETIFF {Card} ");
            text.Append(Kind == CardKind.Tap ? "IFF_TAP" : "IFF_TUN").Append("|IFF_TUN_EXCL");
            if (_settings.PacketInformation != true)
                text.Append("|IFF_NO_PI");
            if (_settings.MultiQueue == true)
                text.Append("|IFF_MULTI_QUEUE");
            if (_settings.VirtioHeader == true)
                text.Append("|IFF_VNET_HDR");
            if (_settings.ClearOffload)
                text.Append(", TUNSETOFFLOAD 0");
            if (_settings.Owner is uint user)
                text.Append($", TUNSETOWNER {user}");
            if (_settings.Group is uint group)
                text.Append($", TUNSETGROUP {group}");
            if (_settings.Mark is OwnershipMark mark)
                text.Append($", RTM_SETLINK IFLA_IFALIAS '{mark}'");
            return text.Append(", TUNSETPERSIST 1").ToString();
        }
    }

    /// <inheritdoc/>
    public override ChangePhase Phase => ChangePhase.Create;

    /// <inheritdoc/>
    public override string? To => Kind == CardKind.Tap ? "tap" : "tun";

    private string KindName => Kind == CardKind.Tap ? "TAP" : "TUN";

    private TunFlags Flags =>
        (Kind == CardKind.Tap ? TunFlags.Tap : TunFlags.Tun) | TunFlags.Exclusive |
        (_settings.PacketInformation == true ? 0 : TunFlags.NoPacketInformation) |
        (_settings.MultiQueue == true ? TunFlags.MultiQueue : 0) |
        (_settings.VirtioHeader == true ? TunFlags.VirtioHeader : 0);

    internal override bool GoesWithCard => false;

    internal override void Apply(ChangeContext context)
    {
        using FileDescriptor descriptor = Begin();
        if (_settings.Mark is OwnershipMark mark)
            context.Netlink.Links.Change(Card, new LinkChange { Alias = mark.ToString() });
        Finish(descriptor, context);
    }

    /// <summary>Makes a card that goes when its descriptor is closed.</summary>
    internal FileDescriptor Begin()
    {
        FileDescriptor descriptor = TunControl.Open();
        try
        {
            Errno errno = TunControl.TrySetInterface(descriptor, Card, Flags, out _);
            if (errno != Errno.None)
                throw LinuxException.Create(errno, "TUNSETIFF", Card, null, CreationHint(errno));
            if (_settings.ClearOffload)
                Check(TunControl.TrySetOffload(descriptor, TunOffload.None), "TUNSETOFFLOAD");
            if (_settings.Owner is uint user)
                Check(TunControl.TrySetOwner(descriptor, user), "TUNSETOWNER");
            if (_settings.Group is uint group)
                Check(TunControl.TrySetGroup(descriptor, group), "TUNSETGROUP");
            return descriptor;
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    /// <summary>Marks it, if it is to be marked; before it is persistent, so that a killed program leaves no stranger.</summary>
    internal void RecordMark(NetlinkBatch batch)
    {
        if (_settings.Mark is OwnershipMark mark)
            batch.Links.Change(Card, new LinkChange { Alias = mark.ToString() });
    }

    /// <summary>Lets it stay.</summary>
    internal void Finish(FileDescriptor descriptor, ChangeContext context)
    {
        Check(TunControl.TrySetPersistent(descriptor, true), "TUNSETPERSIST");
        context.Created.Add(Card);
        context.Forget(Card);
    }

    internal override void Undo(ChangeContext context)
    {
        context.Netlink.Links.Delete(Card);
        context.Forget(Card);
    }

    internal override string? FindMismatch(HostState after)
    {
        if (after.Find(Card) is not { Tun: { } tun } link)
            return "it is not there";
        if (_settings.Mark is OwnershipMark mark && !mark.IsOn(link))
            return "it does not carry the mark";
        if (tun.IsTap != (Kind == CardKind.Tap))
            return "it is of the other kind";
        if (tun.Owner != _settings.Owner)
            return $"its owner is {CardOwner.DescribeUser(tun.Owner)}";
        if (_settings.MultiQueue is bool several && several != tun.IsMultiQueue)
            return tun.IsMultiQueue ? "it has several queues" : "it has one queue";
        return tun.Group == _settings.Group ? null : $"its group is {CardOwner.DescribeGroup(tun.Group)}";
    }

    private void Check(Errno errno, string operation)
    {
        if (errno != Errno.None)
        {
            throw LinuxException.Create(
                errno, operation, Card, null,
                errno == Errno.EINVAL ? "The number has no meaning in this user namespace." : null);
        }
    }

    private string? CreationHint(Errno errno) => errno switch
    {
        Errno.EPERM =>
            $"Creating a card needs CAP_NET_ADMIN: run as root, or let root make it once for this user with `tunbridge add {Card} " +
            $"--kind {To} --owner {CardOwner.DescribeUser(ProcessIdentity.EffectiveUserId).Split(' ')[^1]}`.",
        Errno.EBUSY => "Something of that name came into being meanwhile.",
        Errno.EINVAL => "The name is not allowed, or the kernel does not know one of the flags.",
        _ => null,
    };
}
