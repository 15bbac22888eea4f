// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Gives an existing card another owner or group, by attaching to it for a moment.</summary>
/// <remarks>
/// Attaching asks for the very flags the card has, since the kernel would change them silently. The kernel has no way
/// back to "no owner"; for that the card must be made anew, so this step comes after all others.
/// </remarks>
public sealed class OwnerChange : Change
{
    private readonly TunLinkInfo _before;
    private readonly uint? _owner;
    private readonly uint? _group;

    /// <param name="card">The card.</param>
    /// <param name="before">What it is like.</param>
    /// <param name="owner">The new owner, or null to leave it.</param>
    /// <param name="group">The new group, or null to leave it.</param>
    internal OwnerChange(string card, TunLinkInfo before, uint? owner, uint? group)
        : base(card)
    {
        _before = before;
        _owner = owner;
        _group = group;
    }

    /// <inheritdoc/>
    public override string Action => "set-owner";

    /// <inheritdoc/>
    public override string Description => $"give {Card} to {To}";

    /// <inheritdoc/>
    public override string Operation =>
        $"open {TunControl.ClonePath}, TUNSETIFF {Card}" +
        (_owner is uint user ? $", TUNSETOWNER {user}" : "") + (_group is uint group ? $", TUNSETGROUP {group}" : "");

    /// <inheritdoc/>
    public override ChangePhase Phase => ChangePhase.Permit;

    /// <inheritdoc/>
    public override string? From => Describe(
        _owner is null ? null : CardOwner.DescribeUser(_before.Owner), _group is null ? null : CardOwner.DescribeGroup(_before.Group));

    /// <inheritdoc/>
    public override string? To => Describe(
        _owner is null ? null : CardOwner.DescribeUser(_owner), _group is null ? null : CardOwner.DescribeGroup(_group));

    internal override void Apply(ChangeContext context)
    {
        using FileDescriptor descriptor = Attach();
        Set(descriptor, _owner, null);
        try
        {
            Set(descriptor, null, _group);
        }
        catch (LinuxException) when (_owner is not null && _before.Owner is uint before)
        {
            // Half of a step is not taken back by its undo, which comes only after whole ones.
            _ = TunControl.TrySetOwner(descriptor, before);
            throw;
        }
    }

    internal override void Undo(ChangeContext context)
    {
        if ((_owner is not null && _before.Owner is null) || (_group is not null && _before.Group is null))
        {
            throw LinuxException.Create(
                Errno.EOPNOTSUPP, "TUNSETOWNER", Card, "the kernel cannot take an owner away",
                "Delete the card and make it anew.");
        }

        using FileDescriptor descriptor = Attach();
        Set(descriptor, _owner is null ? null : _before.Owner, _group is null ? null : _before.Group);
    }

    internal override string? FindMismatch(HostState after)
    {
        TunLinkInfo? tun = after.Find(Card)?.Tun;
        return tun is null ? "the card is gone"
            : _owner is not null && tun.Owner != _owner ? $"its owner is {CardOwner.DescribeUser(tun.Owner)}"
            : _group is not null && tun.Group != _group ? $"its group is {CardOwner.DescribeGroup(tun.Group)}"
            : null;
    }

    private FileDescriptor Attach()
    {
        FileDescriptor descriptor = TunControl.Open();
        TunFlags flags = (_before.IsTap ? TunFlags.Tap : TunFlags.Tun) |
            (_before.HasPacketInformation ? 0 : TunFlags.NoPacketInformation) |
            (_before.HasVirtioHeader ? TunFlags.VirtioHeader : 0) |
            (_before.IsMultiQueue ? TunFlags.MultiQueue : 0);
        Errno errno = TunControl.TrySetInterface(descriptor, Card, flags, out _);
        if (errno != Errno.None)
            descriptor.Dispose();
        Check(errno, "TUNSETIFF");
        return descriptor;
    }

    private void Set(FileDescriptor descriptor, uint? owner, uint? group)
    {
        if (owner is uint user)
            Check(TunControl.TrySetOwner(descriptor, user), "TUNSETOWNER");
        if (group is uint id)
            Check(TunControl.TrySetGroup(descriptor, id), "TUNSETGROUP");
    }

    private void Check(Errno errno, string operation)
    {
        if (errno != Errno.None)
        {
            throw LinuxException.Create(errno, operation, Card, null, errno switch
            {
                Errno.EBUSY => "A program is attached; owner and group can be set when it has ended.",
                Errno.EPERM => "It needs CAP_NET_ADMIN: run as root.",
                Errno.EINVAL => "The number has no meaning in this user namespace.",
                _ => null,
            });
        }
    }

    private static string Describe(string? user, string? group) =>
        user is null ? group ?? "" : group is null ? user : $"{user} and {group}";
}
