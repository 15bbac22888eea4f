// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Packets;
using Tunbridge.Packets.Switching;

namespace Tunbridge.Devices;

// Packets beyond the other card's MTU: a switch between TAPs, a router between TUNs.
internal sealed partial class ForwardingLane
{
    private const int AnswersPerSecond = 1000; // RFC 4443 section 2.4 (f) asks for a limit
    private const int AnswersAtOnce = 100;

    private readonly TokenBucket _answers = new(AnswersPerSecond, AnswersAtOnce);
    private readonly byte[] _answer = new byte[PacketReply.MaximumErrorLength];

    // Lengths up to here fit without a look at the packet.
    private int SizeLimit()
    {
        int mtu = _to.Mtu;
        return _to.Layer == DeviceLayer.Packet || mtu == int.MaxValue ? mtu : mtu + EthernetView.HeaderSize;
    }

    // Of a packet above the limit. The ordinary path does not come here.
    private bool MayPass(in Packet packet)
    {
        if (packet.Gso.IsSuperpacket)
            return true;
        int mtu = _to.Mtu;
        if (_to.Layer == DeviceLayer.Frame)
        {
            // Tags do not count towards the MTU (IEEE 802.1Q annex G).
            if (EthernetView.TryParse(packet.Span, out EthernetView frame) && frame.TrySkipTags(out _, out int offset)
                && packet.Length - offset <= mtu)
            {
                return true;
            }

            Counts.DropTooBig();
            return false;
        }

        if (Ipv4View.TryParse(packet.Span, out Ipv4View v4) && !v4.IsDontFragment)
            return true;
        // Before the answer: whoever gets it may look here.
        Counts.DropTooBig();
        if (_answers.TryTake(TimeSpan.FromMilliseconds(Environment.TickCount64))
            && PacketReply.TryWritePacketTooBig(packet.Span, mtu, _answer, out int length))
        {
            Answer(length);
        }

        return false;
    }

    private void Answer(int length)
    {
        try
        {
            // A refusal is counted by the queue; whoever asked will send again.
            _ = _from.TryGetQueue(_number)?.TryWrite(_answer.AsSpan(0, length));
        }
        catch (ObjectDisposedException)
        {
            // Its card has just been closed: nobody is left to be told.
            return;
        }
    }
}
