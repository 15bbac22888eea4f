// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Tunbridge.Linux;
using Tunbridge.Netlink.Wire;

namespace Tunbridge.Netlink;

public sealed partial class RouteNetlink
{
    // Bounded so that the answers fit into an unprivileged receive buffer even when every request fails (about 1 KiB
    // of it each), and the requests into the send buffer.
    private const int MaximumRequestsPerSend = 128;
    private const int MaximumBytesPerSend = 64 * 1024;

    /// <summary>Sends recorded requests in groups; only the last of a group asks for an acknowledgement.</summary>
    internal List<NetlinkBatchFailure> ExecuteBatch(MessageBuilder requests, List<BatchRequest> entries)
    {
        List<(int Index, KernelReply Reply)> refused = [];
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            for (int first = 0; first < entries.Count;)
            {
                int end = first;
                int bytes = 0;
                while (end < entries.Count && end - first < MaximumRequestsPerSend &&
                       (end == first || bytes + entries[end].Length <= MaximumBytesPerSend))
                    bytes += entries[end++].Length;
                SendGroup(requests, entries, first, end, bytes, refused);
                first = end;
            }
        }

        List<NetlinkBatchFailure> failures = [];
        foreach ((int index, KernelReply reply) in refused)
        {
            BatchRequest entry = entries[index];
            failures.Add(new()
            {
                Index = index,
                Error = NetlinkErrors.Create(
                    entry.Type, requests.Slice(entry.Start, entry.Length), entry.Target.Describe(NameOf), reply),
            });
        }

        return failures;
    }

    private void SendGroup(
        MessageBuilder requests, List<BatchRequest> entries, int first, int end, int bytes,
        List<(int Index, KernelReply Reply)> refused)
    {
        uint firstSequence = _sequence + 1;
        for (int i = first; i < end; i++)
            MessageBuilder.Write(requests.Slice(entries[i].Start + 8, 4), ++_sequence);
        Span<byte> lastFlags = requests.Slice(entries[end - 1].Start + 6, 2);
        MessageBuilder.Write(lastFlags, (ushort)(MemoryMarshal.Read<ushort>(lastFlags) | (ushort)MessageFlags.NLM_F_ACK));
        _socket.Send(requests.Slice(entries[first].Start, bytes));

        uint lastSequence = _sequence;
        while (true)
        {
            Arrival arrival = Receive(out int length);
            if (arrival == Arrival.Lost)
            {
                // Which answers got lost is unknown: the last one at least.
                refused.Add((end - 1, new KernelReply { Errno = Errno.ENOBUFS }));
                return;
            }

            if (arrival == Arrival.Cut)
                continue;
            MessageReader reader = new(_receive.AsSpan(0, length));
            while (reader.MoveNext())
            {
                uint position = reader.Sequence - firstSequence;
                if (reader.Type != MessageType.NLMSG_ERROR || position > lastSequence - firstSequence)
                    continue;
                KernelReply reply = KernelReply.Parse(reader);
                if (reply.Errno != Errno.None)
                    refused.Add((first + (int)position, reply));
                if (reader.Sequence == lastSequence)
                    return;
            }
        }
    }
}
