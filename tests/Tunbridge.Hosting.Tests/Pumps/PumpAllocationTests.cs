// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;

namespace Tunbridge.Hosting.Tests.Pumps;

[Collection(Alone.Name)]
public sealed class PumpAllocationTests
{
    /// <summary>Counted for the whole process, so alone: the pump's threads are not the test's.</summary>
    [Fact]
    public void Pump_TenThousandPacketsEachWay_AllocatesNothingForEach()
    {
        using PumpRig rig = new(new SinglePeerRouter());
        byte[] packet = PumpRig.Packet("10.8.0.1", "10.8.0.2");
        byte[][] datagrams = [.. Enumerable.Range(0, 6000).Select(_ => rig.Channels[0].Seal(packet))];
        byte[] room = new byte[2048];
        int next = 0;
        Rounds(500);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Rounds(5000);
        long perPacket = (GC.GetTotalAllocatedBytes(precise: true) - before) / 10_000;
        // Other tests may run beside this one; a pump that allocated would take 24 bytes or more for each packet.
        Assert.InRange(perPacket, 0, 23);

        void Rounds(int count)
        {
            for (int i = 0; i < count; i++)
            {
                rig.Card.Write(packet);
                _ = rig.Remotes[0].Receive(room, SocketFlags.None);
                _ = rig.Remotes[0].Send(datagrams[next++], SocketFlags.None);
                _ = rig.Card.Read(room, out _);
            }
        }
    }
}
