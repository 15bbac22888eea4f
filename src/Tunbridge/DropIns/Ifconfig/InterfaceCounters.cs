// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.DropIns;

/// <summary>An interface's counters, one line of /proc/net/dev.</summary>
internal sealed record InterfaceCounters
{
    private const int Columns = 16;

    internal ulong ReceivedBytes { get; private init; }

    internal ulong ReceivedPackets { get; private init; }

    internal ulong ReceiveErrors { get; private init; }

    internal ulong ReceiveDropped { get; private init; }

    internal ulong ReceiveOverruns { get; private init; }

    internal ulong ReceiveFrame { get; private init; }

    internal ulong ReceiveCompressed { get; private init; }

    internal ulong SentBytes { get; private init; }

    internal ulong SentPackets { get; private init; }

    internal ulong SendErrors { get; private init; }

    internal ulong SendDropped { get; private init; }

    internal ulong SendOverruns { get; private init; }

    internal ulong Collisions { get; private init; }

    internal ulong Carrier { get; private init; }

    internal ulong SendCompressed { get; private init; }

    /// <summary>Reads <c>name: rx-bytes packets errs drop fifo frame compressed multicast tx-bytes packets errs drop fifo colls carrier compressed</c>.</summary>
    internal static bool TryParse(string line, out string name, out InterfaceCounters counters)
    {
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        name = colon < 0 ? "" : line[..colon].Trim();
        counters = new();
        if (colon < 0)
            return false;
        string[] fields = line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        ulong[] v = new ulong[Columns];
        for (int i = 0; i < Columns; i++)
        {
            if (i >= fields.Length || !ulong.TryParse(fields[i], out v[i]))
                return false;
        }

        counters = new()
        {
            ReceivedBytes = v[0],
            ReceivedPackets = v[1],
            ReceiveErrors = v[2],
            ReceiveDropped = v[3],
            ReceiveOverruns = v[4],
            ReceiveFrame = v[5],
            ReceiveCompressed = v[6],
            SentBytes = v[8],
            SentPackets = v[9],
            SendErrors = v[10],
            SendDropped = v[11],
            SendOverruns = v[12],
            Collisions = v[13],
            Carrier = v[14],
            SendCompressed = v[15],
        };
        return true;
    }
}
