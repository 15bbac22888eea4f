// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Gives a card a further name, or takes one from it (IFLA_ALT_IFNAME).</summary>
public sealed class AlternativeNameChange : NetlinkChange
{
    private readonly string _name;
    private readonly bool _isAdded;

    /// <param name="card">The card.</param>
    /// <param name="name">The further name.</param>
    /// <param name="isAdded">Whether it gets it, rather than loses it.</param>
    internal AlternativeNameChange(string card, string name, bool isAdded)
        : base(card)
    {
        _name = name;
        _isAdded = isAdded;
    }

    /// <inheritdoc/>
    public override string Action => _isAdded ? "add-alt-name" : "remove-alt-name";

    /// <inheritdoc/>
    public override string Description => _isAdded ? $"name {Card} {_name}, too" : $"take the further name {_name} from {Card}";

    /// <inheritdoc/>
    public override string Operation => $"{(_isAdded ? "RTM_NEWLINKPROP" : "RTM_DELLINKPROP")} {Card} IFLA_ALT_IFNAME {_name}";

    /// <inheritdoc/>
    public override ChangePhase Phase => _isAdded ? ChangePhase.Tune : ChangePhase.MakeRoom;

    /// <inheritdoc/>
    public override string? From => _isAdded ? null : _name;

    /// <inheritdoc/>
    public override string? To => _isAdded ? _name : null;

    internal override void Record(ChangeContext context, NetlinkBatch batch) => Record(context, batch, _isAdded);

    internal override void RecordUndo(ChangeContext context, NetlinkBatch batch) => Record(context, batch, !_isAdded);

    internal override bool IsAlreadyDone(LinuxException error) => !_isAdded && error.Errno is Errno.ENOENT or Errno.ENODEV;

    internal override bool IsAlreadyUndone(LinuxException error) => _isAdded && error.Errno is Errno.ENOENT or Errno.ENODEV;

    internal override string? FindMismatch(HostState after)
    {
        bool isThere = after.Find(Card)?.AlternativeNames.Contains(_name) == true;
        return isThere == _isAdded ? null : isThere ? "it still has the name" : "it does not have the name";
    }

    private void Record(ChangeContext context, NetlinkBatch batch, bool isAdded)
    {
        int index = context.IndexOf(Card);
        if (isAdded)
            batch.Links.AddAlternativeName(index, _name);
        else
            batch.Links.DeleteAlternativeName(index, _name);
    }
}
