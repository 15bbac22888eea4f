// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Netlink.Wire;

namespace Tunbridge.Netlink;

public sealed partial class RouteNetlink
{
    /// <summary>How often a listing is tried, at most; tests lower it.</summary>
    internal int MaximumDumpPasses { get; set; } = 8;

    /// <summary>How many passes were not consistent, since the socket was opened.</summary>
    internal int InterruptedPasses { get; private set; }

    private enum Pass
    {
        /// <summary>Every entry, once.</summary>
        Consistent,

        /// <summary>Something changed under way (NLM_F_DUMP_INTR).</summary>
        Interrupted,

        /// <summary>A datagram did not fit or got lost.</summary>
        Incomplete,
    }

    /// <summary>Lists a table; a listing that a change interrupted is repeated.</summary>
    /// <param name="type">The request's type.</param>
    /// <param name="state">What the encoder needs.</param>
    /// <param name="encode">Writes the fixed structure and the filter.</param>
    /// <param name="parse">Parses an entry; null leaves it out.</param>
    /// <param name="everSeen">Gets what interrupted passes showed; empty when the result is consistent.</param>
    /// <returns>The entries of the last pass, doubles (by equality) left out when it was interrupted too.</returns>
    internal List<TRecord> Dump<TRecord, T>(
        MessageType type, T state, Action<MessageBuilder, T> encode, RecordParser<TRecord> parse,
        List<TRecord>? everSeen = null)
        where TRecord : class
    {
        byte[] request;
        KernelReply reply;
        lock (_lock)
        {
            for (int pass = 1; ; pass++)
            {
                List<TRecord> records = [];
                Pass outcome = DumpOnce(type, state, encode, parse, records, out reply);
                if (reply.Errno != Errno.None)
                {
                    request = _builder.Written.ToArray();
                    break;
                }

                if (outcome == Pass.Consistent)
                {
                    everSeen?.Clear();
                    return records;
                }

                InterruptedPasses++;
                everSeen?.AddRange(records);
                if (pass >= MaximumDumpPasses)
                    return [.. records.Distinct()];
            }
        }

        throw NetlinkErrors.Create(type, request, "", reply);
    }

    private Pass DumpOnce<TRecord, T>(
        MessageType type, T state, Action<MessageBuilder, T> encode, RecordParser<TRecord> parse, List<TRecord> records,
        out KernelReply reply)
        where TRecord : class
    {
        uint sequence = Send(type, MessageFlags.NLM_F_DUMP, state, encode);
        Pass outcome = Pass.Consistent;
        reply = default;
        while (true)
        {
            Arrival arrival = Receive(out int length);
            if (arrival == Arrival.Lost)
                return Pass.Incomplete;
            if (arrival == Arrival.Cut)
            {
                // The rest must be read all the same: the socket is busy with this dump until its end.
                outcome = Pass.Incomplete;
                continue;
            }

            MessageReader reader = new(_receive.AsSpan(0, length));
            while (reader.MoveNext())
            {
                if (reader.Sequence != sequence)
                    continue;
                if (reader.Flags.HasFlag(MessageFlags.NLM_F_DUMP_INTR))
                    outcome = Pass.Interrupted;
                if (reader.Type is MessageType.NLMSG_DONE or MessageType.NLMSG_ERROR)
                {
                    reply = KernelReply.Parse(reader);
                    return outcome;
                }

                if (reader.Type >= MessageType.RTM_NEWLINK && parse(reader.Payload) is TRecord record)
                    records.Add(record);
            }
        }
    }
}
