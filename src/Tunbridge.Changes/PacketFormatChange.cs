// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Gives an existing card back its packet format, which everybody who attaches can change, by attaching.</summary>
public sealed class PacketFormatChange : Change
{
    private readonly TunLinkInfo _before;
    private readonly bool _header;
    private readonly bool _information;

    /// <param name="card">The card.</param>
    /// <param name="before">What it is like.</param>
    /// <param name="header">Whether packets are to carry a virtio header.</param>
    /// <param name="information">Whether packets are to carry the 4-byte packet information.</param>
    internal PacketFormatChange(string card, TunLinkInfo before, bool header, bool information)
        : base(card)
    {
        _before = before;
        _header = header;
        _information = information;
    }

    /// <inheritdoc/>
    public override string Action => "set-packet-format";

    /// <inheritdoc/>
    public override string Description => $"set the packet format of {Card} to {To}";

    /// <inheritdoc/>
    public override string Operation => $"open {TunControl.ClonePath}, TUNSETIFF {Card} {To}";

    /// <inheritdoc/>
    public override ChangePhase Phase => ChangePhase.Permit;

    /// <inheritdoc/>
    public override string? From => Describe(_before.HasVirtioHeader, _before.HasPacketInformation);

    /// <inheritdoc/>
    public override string? To => Describe(_header, _information);

    internal override void Apply(ChangeContext context) => Set(_header, _information);

    internal override void Undo(ChangeContext context) => Set(_before.HasVirtioHeader, _before.HasPacketInformation);

    internal override string? FindMismatch(HostState after) =>
        after.Find(Card)?.Tun is not { } tun ? "the card is gone"
        : Describe(tun.HasVirtioHeader, tun.HasPacketInformation) is var found && found == To ? null
        : $"it is '{found}'";

    /// <summary>The flags to attach with, so that nothing else changes.</summary>
    internal static TunFlags FlagsOf(TunLinkInfo card, bool header, bool information) =>
        (card.IsTap ? TunFlags.Tap : TunFlags.Tun) |
        (information ? 0 : TunFlags.NoPacketInformation) |
        (header ? TunFlags.VirtioHeader : 0) |
        (card.IsMultiQueue ? TunFlags.MultiQueue : 0);

    private void Set(bool header, bool information)
    {
        using FileDescriptor descriptor = TunControl.Open();
        Errno errno = TunControl.TrySetInterface(descriptor, Card, FlagsOf(_before, header, information), out _);
        if (errno != Errno.None)
        {
            throw LinuxException.Create(errno, "TUNSETIFF", Card, null, errno switch
            {
                Errno.EBUSY => "A program is attached, whose packets must keep their format; it can be set when it has ended.",
                Errno.EPERM => "It needs CAP_NET_ADMIN: run as root.",
                _ => null,
            });
        }
    }

    private static string Describe(bool header, bool information) =>
        $"virtio header {(header ? "on" : "off")}, packet information {(information ? "on" : "off")}";
}
