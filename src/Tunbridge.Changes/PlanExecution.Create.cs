// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Changes;

internal sealed partial class PlanExecution
{
    // Each is a descriptor until it is marked.
    private const int MostHeldCards = 200;

    /// <summary>
    /// Makes cards that go with this process, marks them, and only then lets them stay: whenever the process ends, a card
    /// that stays is marked.
    /// </summary>
    private void CreateCards(CreateCardChange[] cards, ref Change? current)
    {
        HashSet<string> names = [.. cards.Select(c => c.Card)];
        List<MarkChange> marks = [.. _plan.Changes.OfType<MarkChange>().Where(m => names.Contains(m.Card))];
        List<FileDescriptor> descriptors = [];
        try
        {
            foreach (CreateCardChange card in cards)
            {
                current = card;
                descriptors.Add(card.Begin());
                _context.Forget(card.Card);
            }

            Mark(marks, ref current);
            for (int i = 0; i < cards.Length; i++)
            {
                current = cards[i];
                cards[i].Finish(descriptors[i], _context);
                _done.Add(cards[i]);
            }

            _done.AddRange(marks);
        }
        finally
        {
            foreach (FileDescriptor descriptor in descriptors)
                descriptor.Dispose();
        }
    }

    private void Mark(List<MarkChange> marks, ref Change? current)
    {
        if (marks.Count == 0)
            return;
        using NetlinkBatch batch = _context.Netlink.CreateBatch();
        current = marks[0];
        foreach (MarkChange mark in marks)
            mark.Record(_context, batch);
        if (batch.Execute() is { Count: > 0 } failures)
        {
            current = marks[failures[0].Index];
            throw ChangeHints.Explain(current, failures[0].Error);
        }
    }
}
