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
        List<FileDescriptor> descriptors = [];
        try
        {
            foreach (CreateCardChange card in cards)
            {
                current = card;
                descriptors.Add(card.Begin());
                _context.Forget(card.Card);
            }

            Mark(cards, ref current);
            for (int i = 0; i < cards.Length; i++)
            {
                current = cards[i];
                cards[i].Finish(descriptors[i], _context);
                _done.Add(cards[i]);
            }
        }
        finally
        {
            foreach (FileDescriptor descriptor in descriptors)
                descriptor.Dispose();
        }
    }

    private void Mark(CreateCardChange[] cards, ref Change? current)
    {
        using NetlinkBatch batch = _context.Netlink.CreateBatch();
        List<CreateCardChange> marked = [];
        foreach (CreateCardChange card in cards)
        {
            int before = batch.Count;
            card.RecordMark(batch);
            if (batch.Count > before)
                marked.Add(card);
        }

        if (marked.Count == 0)
            return;
        current = marked[0];
        if (batch.Execute() is { Count: > 0 } failures)
        {
            current = marked[failures[0].Index];
            throw ChangeHints.Explain(current, failures[0].Error);
        }
    }
}
