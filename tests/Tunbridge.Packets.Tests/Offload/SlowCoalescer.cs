// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Packets.Tests.Offload;

/// <summary>The rules of docs/offload.md over what packets say, not over their bytes.</summary>
internal static class SlowCoalescer
{
    public static List<List<Wire>> Group(IEnumerable<Wire> packets)
    {
        List<List<Wire>> groups = [];
        Dictionary<string, List<Wire>> open = [];
        foreach (Wire packet in packets)
        {
            if (IsOfUnknownFlow(packet))
            {
                open.Clear();
                groups.Add([packet]);
                continue;
            }

            string flow = FlowOf(packet);
            bool isCandidate = IsCandidate(packet);
            if (isCandidate && open.TryGetValue(flow, out List<Wire>? group) && TryJoin(group, packet))
                continue;
            List<Wire> alone = [packet];
            groups.Add(alone);
            open.Remove(flow);
            if (isCandidate)
                open.Add(flow, alone);
        }

        return groups;
    }

    private static bool IsOfUnknownFlow(Wire p) =>
        p.IsVersion6 ? p.Extension != 0 : p.Ipv4Options.Length != 0 || (p.Fragment & 0x3FFF) != 0;

    private static string FlowOf(Wire p) =>
        $"{p.Tags} {(p.Tags > 0 ? p.VlanId : 0)} {(p.Tags >= 0 ? p.Mac : 0)} {p.IsVersion6} {p.IsUdp} {p.From} {p.To} {p.SourcePort} {p.DestinationPort}";

    private static bool IsCandidate(Wire p)
    {
        bool isDamaged = p.HasBadChecksum || (p.HasBadHeaderChecksum && !p.IsVersion6);
        if (isDamaged || p.Padding != 0 || p.Payload.Length == 0)
            return false;
        return p.IsUdp
            ? !p.HasNoChecksum
            : p.Flags is TcpFlags.Ack or (TcpFlags.Ack | TcpFlags.Psh) && p.ReservedBits == 0;
    }

    private static bool TryJoin(List<Wire> group, Wire p)
    {
        Wire first = group[0];
        Wire last = group[^1];
        int total = group.Sum(w => w.Payload.Length) + p.Payload.Length + first.HeaderLength - first.NetworkOffset;
        if (group.Count == 64 || total > 65_535 || !Agree(first, p))
            return false;

        int size = first.Payload.Length;
        bool isLastFull = last.Payload.Length == size && (p.IsUdp || !last.Flags.HasFlag(TcpFlags.Psh));
        bool continues = p.IsUdp || p.Sequence == last.Sequence + (uint)last.Payload.Length;
        if (isLastFull && continues && p.Payload.Length <= size && FollowsById(last, p))
        {
            group.Add(p);
            return true;
        }

        bool precedes = !p.IsUdp && p.Sequence + (uint)p.Payload.Length == first.Sequence;
        bool hasLength = p.Payload.Length == size || (group.Count == 1 && p.Payload.Length > size);
        if (!precedes || !hasLength || p.Flags.HasFlag(TcpFlags.Psh) || !FollowsById(p, first))
            return false;
        group.Insert(0, p);
        return true;
    }

    private static bool FollowsById(Wire before, Wire after) =>
        before.IsVersion6 || before.IsDontFragment || after.Identification == (ushort)(before.Identification + 1);

    private static bool Agree(Wire a, Wire b)
    {
        bool network = a.TrafficClass == b.TrafficClass && a.HopLimit == b.HopLimit
            && (a.IsVersion6 ? a.FlowLabel == b.FlowLabel : a.Fragment == b.Fragment);
        return network && (a.IsUdp || (a.Acknowledgment == b.Acknowledgment && a.Window == b.Window
            && a.Urgent == b.Urgent && a.Options.SequenceEqual(b.Options)));
    }
}
