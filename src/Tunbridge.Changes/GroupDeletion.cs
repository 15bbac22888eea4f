// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

/// <summary>Deletes many cards at the price of one, by a link group that holds exactly them.</summary>
/// <remarks>
/// Unregistering a card waits for every processor to let go of it (about 20 ms); deleting by group waits once for all.
/// The group is one that no link used, and its members are read back before it is deleted.
/// </remarks>
internal static class GroupDeletion
{
    // Far from the small numbers that people and tools choose.
    private const uint FirstGroup = 0x74756200;

    /// <summary>Deletes the cards, all or none, and notes them as done.</summary>
    internal static void Run(ChangeContext context, List<DeleteLinkChange> deletions, List<Change> done)
    {
        if (deletions.Count == 1)
        {
            deletions[0].Apply(context);
            done.Add(deletions[0]);
            return;
        }

        IReadOnlyList<Link> links = context.Netlink.Links.List();
        HashSet<uint> used = [.. links.Select(l => l.Group)];
        uint group = FirstGroup;
        while (used.Contains(group))
            group++;
        Dictionary<int, uint> before = links.ToDictionary(l => l.Index, l => l.Group);
        int[] indices = [.. deletions.Select(d => d.Index).Where(before.ContainsKey)];
        try
        {
            context.Journal?.NoteGroups(group, indices.ToDictionary(i => i, i => before[i]));
            SetGroup(context, indices, _ => group);
            HashSet<int> members = [.. context.Netlink.Links.List().Where(l => l.Group == group).Select(l => l.Index)];
            if (!members.IsSubsetOf(indices))
            {
                throw LinuxException.Create(
                    Errno.EBUSY, "RTM_DELLINK", $"group {group}", "somebody else put a card into the group meanwhile");
            }

            if (members.Count > 0)
                context.Netlink.Links.DeleteGroup(group);
        }
        catch (LinuxException)
        {
            SetGroup(context, indices, index => before[index]);
            throw;
        }

        foreach (DeleteLinkChange deletion in deletions)
            context.Forget(deletion.Card);
        done.AddRange(deletions);
    }

    private static void SetGroup(ChangeContext context, int[] indices, Func<int, uint> group)
    {
        using NetlinkBatch batch = context.Netlink.CreateBatch();
        foreach (int index in indices)
            batch.Links.Change(index, new LinkChange { Group = group(index) });
        // A card that is gone already needs no group.
        if (batch.Execute().FirstOrDefault(f => f.Error.Errno != Errno.ENODEV) is { } failure)
            throw failure.Error;
    }
}
