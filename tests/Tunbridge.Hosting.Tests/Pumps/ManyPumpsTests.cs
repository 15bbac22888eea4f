// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Hosting.Tests.Pumps;

[Collection(Alone.Name)]
public sealed class ManyPumpsTests
{
    private const int Count = 300;

    /// <summary>As a test with hundreds of clients has them.</summary>
    [Fact]
    public void Pumps_HundredsInOneProcess_AreSmallAndAllWork()
    {
        List<PumpRig> rigs = [];
        try
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < Count; i++)
                rigs.Add(new PumpRig(new SinglePeerRouter()));
            long each = (GC.GetTotalAllocatedBytes(precise: true) - before) / Count;
            Assert.InRange(each, 0, 1 << 20);
            for (int i = 0; i < Count; i++)
                rigs[i].Card.Write(PumpRig.Packet("10.8.0.1", "10.8.0.2", (byte)i));
            for (int i = 0; i < Count; i++)
            {
                Assert.Equal((byte)i, rigs[i].Receive(0)[^1]);
                rigs[i].Send(0, PumpRig.Packet("10.8.0.2", "10.8.0.1", (byte)i));
            }

            for (int i = 0; i < Count; i++)
                Assert.Equal((byte)i, rigs[i].ReadCard(TestContext.Current.CancellationToken)[^1]);
        }
        finally
        {
            rigs.ForEach(r => r.Dispose());
        }
    }
}
